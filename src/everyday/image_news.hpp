/// Where the client's conductor leaves word of publishers that come and go, for whoever reads.
#pragma once

#include <gale/image.hpp>

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace gale::everyday {

struct ImageNews {
    Image image;
    bool available;
};

/// Written by the conductor's thread, read by another; nobody waits for long.
class ImageInbox {
public:
    void post(const Image& image, bool available) {
        const std::lock_guard lock{mutex_};
        news_.push_back({image, available});
        fresh_.store(true, std::memory_order_release);
        image_count_.fetch_add(available ? 1 : -1, std::memory_order_release);  // last: who counts it finds it
    }
    /// How many there are, the news included.
    [[nodiscard]] int image_count() const noexcept { return image_count_.load(std::memory_order_acquire); }
    [[nodiscard]] bool has_news() const noexcept { return fresh_.load(std::memory_order_acquire); }
    [[nodiscard]] std::vector<ImageNews> take() {
        const std::lock_guard lock{mutex_};
        fresh_.store(false, std::memory_order_relaxed);
        return std::exchange(news_, {});
    }

private:
    std::atomic<bool> fresh_{false};
    std::atomic<int> image_count_{0};
    std::mutex mutex_;
    std::vector<ImageNews> news_;
};

}  // namespace gale::everyday
