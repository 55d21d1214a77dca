// A cnc.dat may be anybody's file: what clients and tools read of it before they trust a word.
#include "control/cnc_file.hpp"
#include "fuzz/fuzz.hpp"
#include "os/mapped_file.hpp"
#include "shm/error_log.hpp"
#include "shm/loss_report.hpp"
#include "support/temporary_directory.hpp"

namespace {

void read_all(const gale::control::CncFile& file) {
    using namespace gale;
    (void)file.driver_heartbeat();
    const shm::Ring ring{file.to_driver()};
    (void)ring.head();
    shm::BroadcastReceiver receiver{file.to_clients()};
    for (int i = 0; i < 100 && receiver.receive(); ++i) {
    }
    std::size_t length = 0;
    file.counters().for_each([&](const shm::CounterView& counter) { length += counter.label.size(); });
    shm::read_error_log(file.error_log(), Millis{0},
                        [&](const shm::ErrorObservation& error) { length += error.text.size(); });
    shm::read_loss_report(file.error_log(), [&](const shm::LossObservation& loss) { length += loss.channel.size(); });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gale;
    static const testing::TemporaryDirectory directory{"fuzz-cnc"};
    static const std::string path = control::CncFile::path(directory.path());
    fuzz::Input input{data, size};
    const std::size_t length = input.number<std::uint16_t>() * std::size_t{4};
    {
        const auto file = os::MappedFile::create(path, length);
        fuzz::scribble(file.bytes(), 0, input.bytes(sizeof(control::CncHeader)));
        while (!input.empty()) {  // small pieces, anywhere
            const auto offset = input.number<std::uint32_t>();
            fuzz::scribble(file.bytes(), offset, input.bytes(input.number<std::uint8_t>()));
        }
        const auto opened = control::CncFile::open(directory.path(), os::Access::read_write);
        if (opened.file) read_all(*opened.file);
    }
    std::remove(path.c_str());
    return 0;
}
