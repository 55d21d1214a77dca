/// A program as a process of a simulated world: a client, its publishers and its subscribers, and what must hold for
/// them.
#pragma once

#include "sim/driver_process.hpp"
#include "sim/stream_model.hpp"
#include "sim/world.hpp"

#include <gale/client.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gale::sim {

class ClientProcess;

/// A publisher or a subscriber.
class Participant {
public:
    explicit Participant(ClientProcess& process) : process_{process} {}
    Participant(const Participant&) = delete;
    Participant& operator=(const Participant&) = delete;
    virtual ~Participant() = default;
    /// A turn, while the client lives.
    virtual void act() = 0;
    /// To come to a good end: soon `is_finished`.
    virtual void finish() = 0;
    [[nodiscard]] virtual bool is_finished() const = 0;
    /// The client was closed, or will be before the next turn: nothing can be done any more.
    virtual void on_lost() = 0;
    /// What it does now, for the message about a story that does not end.
    [[nodiscard]] virtual std::string describe() const = 0;

protected:
    [[nodiscard]] ClientProcess& process() const noexcept { return process_; }

private:
    ClientProcess& process_;
};

struct PublisherPlan {
    StreamId stream;
    std::string channel = "aeron:ipc";
    std::vector<std::string> destinations{};  ///< to be added, of a channel with control-mode=manual
    bool exclusive = false;
    bool hesitates = true;     ///< may keep what it claimed for some seconds, and all behind it with that
    std::uint64_t pace = 500;  ///< turns in a thousand in which it publishes
};
struct SubscriberPlan {
    StreamId stream;
    std::string channel = "aeron:ipc";
    std::vector<std::string> destinations{};  ///< to be added, of a channel with control-mode=manual
    std::uint64_t restless = 0;               ///< turns in a thousand in which one of them goes or comes, but not all
    bool tether = true;
    bool rejoin = true;
    bool reliable = true;
    bool may_lose = false;                         ///< images also of publishers that live
    std::vector<const DriverProcess*> leans_on{};  ///< the same, when one of these has ended
    std::string distrusts{};                       ///< streams from this address hold anything; "*": all streams
    bool controlled = false;                       ///< with actions, also to abort
    bool whole = true;                             ///< messages; else each of their fragments by itself
    std::uint64_t pace = 500;                      ///< turns in a thousand in which it polls
};

class ClientProcess final : public Process {
public:
    ClientProcess(World& world, std::string name, DriverProcess& driver, Streams& streams);
    ~ClientProcess() override;

    void run() override;

    /// What it does from now on; forgotten when its client is lost.
    void publish(const PublisherPlan& plan);
    void subscribe(const SubscriberPlan& plan);
    /// What comes from the network may be anything: it may be told so.
    void expect_damage() noexcept { expects_damage_ = true; }
    /// A participant of its own, by chance, comes to its end.
    void finish_one();
    void finish_publishers() { finish(publishers_); }
    /// Subscribers go on as fast as they can until there is nothing left, then end.
    void finish_subscribers() { finish(subscribers_); }
    [[nodiscard]] bool has_publishers() const noexcept { return !publishers_.empty(); }
    [[nodiscard]] bool has_subscribers() const noexcept { return !subscribers_.empty(); }
    [[nodiscard]] bool is_connected() const noexcept { return client_.has_value(); }
    /// Its participants that have not come to their end.
    [[nodiscard]] std::string describe() const;
    /// Closes its client, for good.
    void leave();

    // For participants.
    [[nodiscard]] Client& client() noexcept { return *client_; }
    [[nodiscard]] const DriverProcess& driver() const noexcept { return driver_; }
    [[nodiscard]] Streams& streams() const noexcept { return streams_; }
    /// Claims that nobody will commit: they stay as they are until the world ends.
    void keep(std::vector<BufferClaim> claims);

protected:
    /// When it is long enough for the driver to give the client up, what is claimed now is never committed.
    void on_pause(Nanos time) override;

private:
    using Participants = std::vector<std::unique_ptr<Participant>>;
    void connect();
    void judge_end(Nanos slept);
    void judge_errors();
    /// How the driver that it is connected with ended; null while that is there.
    [[nodiscard]] const DriverProcess::End* end_of_driver() const noexcept;
    void act(Participants& participants);
    static void finish(Participants& participants);

    DriverProcess& driver_;
    Streams& streams_;
    std::vector<Error> errors_;
    std::vector<BufferClaim> claims_;
    std::optional<Client> client_;
    Participants publishers_;
    Participants subscribers_;
    std::size_t driver_number_ = 0;  // of those that had the directory
    bool was_known_ = false;         // to the driver, when it was stopped
    bool left_ = false;
    bool expects_damage_ = false;
};

}  // namespace gale::sim
