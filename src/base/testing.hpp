/// For tests only: memory as a mapping would be, and bytes that were written down.
#pragma once

#include <gale/types.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace gale::testing {

/// Zeroed, aligned to a cache line, exactly as long as asked: the address sanitizer sees one byte too far.
class Memory {
public:
    explicit Memory(std::size_t length)
        : bytes_{static_cast<std::byte*>(::operator new(length, alignment))}, length_{length} {
        std::memset(bytes_.get(), 0, length);
    }
    explicit Memory(std::span<const std::byte> content) : Memory{content.size()} {
        std::ranges::copy(content, bytes_.get());  // memcpy may not be given the null of an empty vector
    }
    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return {bytes_.get(), length_}; }

private:
    static constexpr std::align_val_t alignment{4096};  // as a mapping is
    struct Free {
        void operator()(std::byte* bytes) const noexcept { ::operator delete(bytes, alignment); }
    };
    std::unique_ptr<std::byte, Free> bytes_;
    std::size_t length_;
};

/// Bytes as two hexadecimal digits each; `00*112` is 112 of them; from `#` to the end of a line is comment.
inline std::vector<std::byte> parse_hex(const std::string& text) {
    std::vector<std::byte> bytes;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line.substr(0, line.find('#'))};
        for (std::string word; words >> word;) {
            const auto star = word.find('*');
            const auto digits = word.substr(0, star);
            const std::size_t times = star == std::string::npos ? 1 : std::stoul(word.substr(star + 1));
            if (digits.size() % 2 != 0) throw std::runtime_error("half a byte: " + word);
            for (std::size_t time = 0; time < times; ++time)
                for (std::size_t at = 0; at < digits.size(); at += 2)
                    bytes.push_back(static_cast<std::byte>(std::stoi(digits.substr(at, 2), nullptr, 16)));
        }
    }
    return bytes;
}

inline std::string read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// What docs/formats/golden/<name>.hex holds.
inline std::vector<std::byte> golden(const std::string& name) {
    return parse_hex(read_file(GALE_SOURCE_DIR "/docs/formats/golden/" + name + ".hex"));
}

/// What a shell command prints.
inline std::vector<std::byte> output_of(const std::string& command) {
    struct Close {
        void operator()(std::FILE* pipe) const noexcept { pclose(pipe); }
    };
    const std::unique_ptr<std::FILE, Close> pipe{popen(command.c_str(), "r")};
    if (!pipe) throw std::runtime_error("cannot run " + command);
    std::vector<std::byte> bytes;
    std::vector<std::byte> chunk(std::size_t{1} << 16U);
    while (const std::size_t length = std::fread(chunk.data(), 1, chunk.size(), pipe.get()))
        bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(length));
    return bytes;
}

/// The content of a gzipped file.
inline std::vector<std::byte> gunzip(const std::string& path) { return output_of("gzip -dc '" + path + "'"); }

inline std::vector<std::byte> to_vector(std::span<const std::byte> bytes) { return {bytes.begin(), bytes.end()}; }

inline std::string to_hex(std::span<const std::byte> bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        text += digits[std::to_integer<unsigned>(byte) >> 4U];
        text += digits[std::to_integer<unsigned>(byte) & 15U];
    }
    return text;
}

}  // namespace gale::testing
