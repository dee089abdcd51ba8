#include "base/bytes.h"

#include "base/check.h"
#include "base/status.h"

namespace cadastre::base {

namespace {

constexpr uint64_t kSignBit = uint64_t{1} << 63;

void AppendBigEndian(std::string& out, uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

}  // namespace

void AppendU8(std::string& out, uint8_t value) { AppendBigEndian(out, value, 1); }
void AppendU16(std::string& out, uint16_t value) { AppendBigEndian(out, value, 2); }
void AppendU32(std::string& out, uint32_t value) { AppendBigEndian(out, value, 4); }
void AppendU64(std::string& out, uint64_t value) { AppendBigEndian(out, value, 8); }
void AppendComplement(std::string& out, uint64_t value) { AppendU64(out, ~value); }
void AppendI64(std::string& out, int64_t value) { AppendU64(out, static_cast<uint64_t>(value) ^ kSignBit); }
void AppendComplementI64(std::string& out, int64_t value) {
  AppendU64(out, ~(static_cast<uint64_t>(value) ^ kSignBit));
}

void AppendString(std::string& out, std::string_view text) {
  CHECK(text.find('\0') == std::string_view::npos) << "in a string of a key";
  out.append(text);
  out.push_back('\0');
}

void AppendRaw(std::string& out, std::string_view bytes) { out.append(bytes); }

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xFF') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

absl::StatusOr<uint64_t> ByteReader::ReadBigEndian(size_t bytes) {
  ASSIGN_OR_RETURN(const std::string_view raw, ReadRaw(bytes));
  uint64_t value = 0;
  for (const char byte : raw) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

absl::StatusOr<uint8_t> ByteReader::ReadU8() {
  ASSIGN_OR_RETURN(const uint64_t value, ReadBigEndian(1));
  return static_cast<uint8_t>(value);
}

absl::StatusOr<uint16_t> ByteReader::ReadU16() {
  ASSIGN_OR_RETURN(const uint64_t value, ReadBigEndian(2));
  return static_cast<uint16_t>(value);
}

absl::StatusOr<uint32_t> ByteReader::ReadU32() {
  ASSIGN_OR_RETURN(const uint64_t value, ReadBigEndian(4));
  return static_cast<uint32_t>(value);
}

absl::StatusOr<uint64_t> ByteReader::ReadU64() { return ReadBigEndian(8); }

absl::StatusOr<uint64_t> ByteReader::ReadComplement() {
  ASSIGN_OR_RETURN(const uint64_t value, ReadBigEndian(8));
  return ~value;
}

absl::StatusOr<int64_t> ByteReader::ReadI64() {
  ASSIGN_OR_RETURN(const uint64_t value, ReadBigEndian(8));
  return static_cast<int64_t>(value ^ kSignBit);
}

absl::StatusOr<int64_t> ByteReader::ReadComplementI64() {
  ASSIGN_OR_RETURN(const uint64_t value, ReadBigEndian(8));
  return static_cast<int64_t>(~value ^ kSignBit);
}

absl::StatusOr<std::string_view> ByteReader::ReadString() {
  const size_t end = rest_.find('\0');
  if (end == std::string_view::npos) return DataLoss("a string without its end in ", rest_.size(), " bytes");
  const std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return text;
}

absl::StatusOr<std::string_view> ByteReader::ReadRaw(size_t bytes) {
  if (rest_.size() < bytes) return DataLoss(bytes, " bytes expected, ", rest_.size(), " left");
  const std::string_view raw = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  return raw;
}

absl::Status ByteReader::ExpectEnd() const {
  if (rest_.empty()) return absl::OkStatus();
  return DataLoss(rest_.size(), " bytes left over");
}

}  // namespace cadastre::base
