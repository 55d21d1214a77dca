/// Where an everyday program begins: the connection to a media driver, found or brought along.
#pragma once

#include <gale/client.hpp>
#include <gale/driver_options.hpp>
#include <gale/error.hpp>
#include <gale/types.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace gale {

namespace everyday {
class Connection;
}

/// What to do when no media driver runs.
enum class NoDriver {
    fail,   ///< throw an Error that says what to do
    embed,  ///< run one inside this process, for all its contexts of the same directory, until the last of them goes
};

struct ContextOptions {
    std::string directory{};  ///< empty: that of `client` or `driver`, else $AERON_DIR, else /dev/shm/aeron-<user>
    NoDriver no_driver = NoDriver::fail;
    Nanos wait = std::chrono::milliseconds{1500};  ///< for a sign of life of the driver, which gives one each second
    std::optional<ClientOptions> client{};         ///< absent: ClientOptions::from_environment()
    std::optional<DriverOptions> driver{};         ///< of the embedded one; absent: DriverOptions::from_environment()
};

/// Movable; every call from any thread. Publishers, subscribers and watches keep the connection, so a context may go
/// before them; `close` ends them all.
class Context {
public:
    /// Throws Error: no driver (driver_timeout) and none wanted, or none could be started; a driver of another version.
    explicit Context(const ContextOptions& options = {});
    Context(Context&&) noexcept;
    Context& operator=(Context&&) noexcept;
    ~Context();

    [[nodiscard]] const std::string& directory() const;
    /// Whether the driver runs inside this process, started by a context.
    [[nodiscard]] bool is_embedded() const noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    /// Why it is closed; nothing while it is open.
    [[nodiscard]] std::optional<Error> close_reason() const;
    /// The full level, for what the everyday one does not have.
    [[nodiscard]] Client& client() const;
    /// Idempotent. Ends what was made with it: puts say `closed`, takes throw, iterations and watches end.
    void close() noexcept;
    /// For the everyday level itself. Throws when this context was moved away.
    [[nodiscard]] const std::shared_ptr<everyday::Connection>& connection() const;

private:
    std::shared_ptr<everyday::Connection> connection_;
};

}  // namespace gale
