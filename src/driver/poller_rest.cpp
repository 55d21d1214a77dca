#include "driver/poller_rest.hpp"

#include "os/process.hpp"

namespace gale::driver {

void PollerRest::spin() noexcept { os::spin_hint(); }
void PollerRest::yield() noexcept { os::yield_thread(); }
Nanos PollerRest::processor_time() const noexcept { return os::thread_processor_time(); }

}  // namespace gale::driver
