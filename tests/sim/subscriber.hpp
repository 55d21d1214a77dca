/// Reads at its own pace, and checks whatever it reads.
#pragma once

#include "sim/client_process.hpp"

#include <gale/fragment_assembler.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gale::sim {

class Subscriber final : public Participant {
public:
    Subscriber(ClientProcess& process, const SubscriberPlan& plan);
    ~Subscriber() override;

    void act() override;
    void finish() override { finishing_ = true; }
    [[nodiscard]] bool is_finished() const override { return finishing_ && subscription_ && readers_.empty(); }
    void on_lost() override { lost_ = true; }
    [[nodiscard]] std::string describe() const override;

private:
    int poll(int limit);
    void on_available(const Image& image);
    void on_unavailable(const Image& image);
    void change_destinations();
    void end_changes();
    [[nodiscard]] bool may_lose() const;
    [[nodiscard]] bool distrusts(const Image& image) const;
    [[nodiscard]] Reader* reader_of(const Header& header);
    Action on_message(std::span<const std::byte> message, const Header& header);

    SubscriberPlan plan_;
    std::map<SessionId, std::unique_ptr<Reader>> readers_;
    std::map<SessionId, Position> seen_;  // how far it came in images that it has lost
    FragmentAssembler assembler_;
    ControlledFragmentAssembler controlled_;
    Pending<Subscription> wish_;
    std::optional<Subscription> subscription_;
    struct Path {
        std::string channel;
        bool is_there = false;
        std::optional<Pending<CorrelationId>> change{};
    };
    std::vector<Path> paths_;
    bool finishing_ = false;
    bool lost_ = false;
};

}  // namespace gale::sim
