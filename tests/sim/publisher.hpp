/// Publishes by chance, in every way there is, and notes what it published.
#pragma once

#include "sim/client_process.hpp"

#include <gale/buffer_claim.hpp>

#include <array>
#include <optional>
#include <type_traits>
#include <vector>

namespace gale::sim {

template <class Publication> class Publisher final : public Participant {
public:
    Publisher(ClientProcess& process, const PublisherPlan& plan)
        : Participant{process}, plan_{plan}, wish_{ask(process.client(), plan)} {}

    void act() override {
        if (!publication_) {
            if (auto made = wish_.poll()) begin(std::move(*made));
            return;
        }
        std::erase_if(destinations_, [](auto& wish) { return wish.poll().has_value(); });
        end_claims();
        if (finishing_ && claims_.empty()) return end();
        if (finishing_ || !world().happens(plan_.pace)) return;
        for (std::int64_t left = world().between(1, 8); left > 0; --left)
            if (!publish_one()) break;
        const Position now = publication_->position().value();
        EXPECT_GE(now, position_);
        position_ = now;
        stream_->on_written(now);
    }
    void finish() override { finishing_ = true; }
    [[nodiscard]] bool is_finished() const override { return ended_; }
    [[nodiscard]] std::string describe() const override {
        return "publishes to " + plan_.channel + (publication_ ? ", is at " + std::to_string(position_.value) : "");
    }
    void on_lost() override {
        // The driver repairs what is left, but this publisher must not touch it any more.
        std::vector<BufferClaim> left;
        for (OpenClaim& open : claims_) {
            open.entry->state = StreamModel::State::nothing;
            left.push_back(std::move(open.claim));
        }
        claims_.clear();
        if (stream_ != nullptr && !ended_) stream_->on_publisher_left();
        ended_ = true;
        process().keep(std::move(left));
    }

private:
    struct OpenClaim {
        BufferClaim claim;
        StreamModel::Entry* entry;
        Nanos deadline;  ///< sooner than the driver would take it for abandoned
    };
    static constexpr bool is_exclusive = std::is_same_v<Publication, ExclusivePublication>;

    static Pending<Publication> ask(Client& client, const PublisherPlan& plan) {
        if constexpr (is_exclusive)
            return client.async_add_exclusive_publication(plan.channel, plan.stream);
        else
            return client.async_add_publication(plan.channel, plan.stream);
    }
    [[nodiscard]] World& world() const noexcept { return process().world(); }

    void begin(Publication made) {
        publication_ = std::move(made);
        const auto& of = publication_->constants();
        stream_ = &process().streams().of({of.original_registration_id, of.session_id}, of.stream_id, of.term_length,
                                          of.max_payload_length + 32);
        stream_->on_publisher();
        for (const std::string& destination : plan_.destinations)
            destinations_.push_back(publication_->async_add_destination(destination));
        world().note(process().name() + " publishes in session " + std::to_string(of.session_id.value));
    }
    void end() {
        world().note(process().name() + " ends its publication at " +
                     std::to_string(publication_->position().value().value));
        if constexpr (is_exclusive) {
            if (world().happens(100)) {
                publication_->revoke();
                stream_->revoke();
                world().note("it is revoked");
            }
        }
        publication_->close();
        stream_->on_publisher_left();
        ended_ = true;
    }

    /// Those whose time has come; all, when this is the end.
    void end_claims() {
        for (std::size_t i = claims_.size(); i-- > 0;) {
            OpenClaim& open = claims_[i];
            if (!finishing_ && world().now() < open.deadline) continue;
            if (world().happens(700)) {
                fill(open.claim.payload(), open.entry->seed);
                open.claim.set_reserved_value(static_cast<std::int64_t>(open.entry->seed));
                open.claim.commit();
                open.entry->state = StreamModel::State::committed;
            } else {
                open.claim.abort();
                open.entry->state = StreamModel::State::nothing;
            }
            claims_.erase(claims_.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }

    /// False when it has to wait.
    bool publish_one() {
        const auto kind = world().random().below(10);
        const OfferResult result = kind < 4 ? offer_whole() : kind < 6 ? offer_pieces() : kind < 9 ? claim() : pad();
        if (result) {
            world().mix(static_cast<std::uint64_t>(result.position().value));
            return true;
        }
        EXPECT_TRUE(result == OfferError::admin_action || result == OfferError::back_pressured ||
                    result == OfferError::not_connected)
            << name(result.error());
        return result == OfferError::admin_action;
    }
    [[nodiscard]] std::int32_t any_length(std::int32_t most) {
        const std::int32_t usual = world().happens(900) ? 200 : most;
        return static_cast<std::int32_t>(world().between(0, std::min(usual, most)));
    }
    /// The bytes of a new message, in `message_`.
    std::uint64_t compose(std::int32_t length) {
        const std::uint64_t seed = world().random().next();
        message_.resize(static_cast<std::size_t>(length));
        fill(message_, seed);
        return seed;
    }
    OfferResult noted(OfferResult result, std::uint64_t seed) {
        if (result)
            stream_->add(result.position(), static_cast<std::int32_t>(message_.size()), seed,
                         StreamModel::State::committed);
        return result;
    }
    OfferResult offer_whole() {
        const std::uint64_t seed = compose(any_length(publication_->constants().max_message_length));
        const auto reserve = [&](std::span<const std::byte>) { return static_cast<std::int64_t>(seed); };
        return noted(publication_->offer(std::span<const std::byte>{message_}, reserve), seed);
    }
    OfferResult offer_pieces() {
        const std::uint64_t seed = compose(any_length(publication_->constants().max_message_length));
        const auto reserve = [&](std::span<const std::byte>) { return static_cast<std::int64_t>(seed); };
        std::array<std::span<const std::byte>, 4> pieces;
        std::span<const std::byte> rest{message_};
        for (auto& piece : pieces) {
            const bool last = &piece == &pieces.back();
            piece = rest.first(last ? rest.size() : world().random().below(rest.size() + 1));
            rest = rest.subspan(piece.size());
        }
        return noted(publication_->offer(std::span<const std::span<const std::byte>>{pieces}, reserve), seed);
    }
    OfferResult claim() {
        const std::int32_t length = any_length(publication_->constants().max_payload_length);
        BufferClaim claimed;
        const OfferResult result = publication_->try_claim(length, claimed);
        if (!result) return result;
        StreamModel::Entry& entry =
            stream_->add(result.position(), length, world().random().next(), StreamModel::State::open);
        claims_.push_back({std::move(claimed), &entry, world().now() + world().between(0ns, 3s)});
        if (!plan_.hesitates || world().happens(800)) claims_.back().deadline = world().now();
        end_claims();
        return result;
    }
    OfferResult pad() {
        if constexpr (is_exclusive) {
            // Padding is one frame, however long; what the model has is cut at the mtu.
            const std::int32_t most = std::min(500, publication_->constants().max_payload_length);
            const auto length = static_cast<std::int32_t>(world().between(0, most));
            const OfferResult result = publication_->append_padding(length);
            if (result) stream_->add(result.position(), length, 0, StreamModel::State::nothing);
            return result;
        } else {
            return claim();
        }
    }

    PublisherPlan plan_;
    Pending<Publication> wish_;
    std::optional<Publication> publication_;
    std::vector<Pending<CorrelationId>> destinations_;
    StreamModel* stream_ = nullptr;
    std::vector<OpenClaim> claims_;
    std::vector<std::byte> message_;
    Position position_;
    bool finishing_ = false;
    bool ended_ = false;
};

}  // namespace gale::sim
