// The codec of keys: integers big-endian and strings ended by \0, so that the order of bytes is the order of values.
//
// Owner: values; a ByteReader borrows its bytes. Thread rule: compatible (a ByteReader is confined).
// Errors: reading returns DATA_LOSS when bytes are missing or a string is not ended: a key of ours that does not parse
// is damaged. Deliberately does not: allow \0 inside a string. The doors refuse U+0000, so AppendString ends the
// process on one, because the key would be read back as another.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace cadastre::base {

void AppendU8(std::string& out, uint8_t value);
void AppendU16(std::string& out, uint16_t value);
void AppendU32(std::string& out, uint32_t value);
void AppendU64(std::string& out, uint64_t value);
// The complement, so that the greatest stands first: `~r` in the formulas of storage/keyspaces.h.
void AppendComplement(std::string& out, uint64_t value);
// Signed with the sign bit turned over, so that times before 1970 stand before those after.
void AppendI64(std::string& out, int64_t value);
// The complement of AppendI64's form: the latest first (`~held`).
void AppendComplementI64(std::string& out, int64_t value);
void AppendString(std::string& out, std::string_view text);
// As they are, without an end: only as the last part of a key, or of fixed width.
void AppendRaw(std::string& out, std::string_view bytes);

// The least string greater than every string with this prefix; empty when there is none (all 0xFF).
std::string PrefixEnd(std::string_view prefix);

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  absl::StatusOr<uint8_t> ReadU8();
  absl::StatusOr<uint16_t> ReadU16();
  absl::StatusOr<uint32_t> ReadU32();
  absl::StatusOr<uint64_t> ReadU64();
  absl::StatusOr<uint64_t> ReadComplement();
  absl::StatusOr<int64_t> ReadI64();
  absl::StatusOr<int64_t> ReadComplementI64();
  // Borrowed from the reader's bytes, without its end.
  absl::StatusOr<std::string_view> ReadString();
  absl::StatusOr<std::string_view> ReadRaw(size_t bytes);
  // OK when nothing is left over.
  absl::Status ExpectEnd() const;

  std::string_view rest() const { return rest_; }
  bool empty() const { return rest_.empty(); }

 private:
  absl::StatusOr<uint64_t> ReadBigEndian(size_t bytes);

  std::string_view rest_;
};

}  // namespace cadastre::base
