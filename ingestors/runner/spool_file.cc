#include "ingestors/runner/spool_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>
#include <vector>

#include "base/status.h"

namespace cadastre::ingest {
namespace {

constexpr std::string_view kMagic = "cadastre spool 1\n";
constexpr size_t kFieldBytesMax = size_t{64} << 20;
constexpr size_t kFileBytesMax = size_t{1} << 40;
constexpr size_t kBufferBytes = size_t{1} << 20;
constexpr size_t kHashBytes = 16;
constexpr size_t kFieldsMax = 4;

constexpr char kHeader = 'H', kObject = 'O', kUnread = 'U', kScopeEnd = 'E', kSeen = 'S', kEnd = 'Z';

std::string LittleEndian(uint32_t number) {
  std::string out;
  for (int byte = 0; byte < 4; ++byte) out += static_cast<char>((number >> (8 * byte)) & 0xff);
  return out;
}

std::string CanonicalOf(XXH128_hash_t hash) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  return {reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest};
}

absl::Status Torn(std::string_view what) { return base::DataLoss("it is no whole spool: ", what); }

// The records behind the magic, one after another.
class Records {
 public:
  explicit Records(std::string_view rest) : rest_(rest) {}

  struct Record {
    char kind = kEnd;
    std::vector<std::string_view> fields;
  };

  absl::StatusOr<Record> Next() {
    if (rest_.size() < 2) return Torn("it ends early");
    Record record;
    record.kind = rest_[0];
    const auto count = static_cast<unsigned char>(rest_[1]);
    rest_.remove_prefix(2);
    if (count > kFieldsMax) return Torn("a record of an unknown kind");
    for (unsigned field = 0; field < count; ++field) {
      if (rest_.size() < 4) return Torn("it ends early");
      uint32_t size = 0;
      for (int byte = 0; byte < 4; ++byte) {
        size |= uint32_t{static_cast<unsigned char>(rest_[static_cast<size_t>(byte)])} << (8 * byte);
      }
      rest_.remove_prefix(4);
      if (size > kFieldBytesMax || size > rest_.size()) return Torn("a field is longer than what is left");
      record.fields.push_back(rest_.substr(0, size));
      rest_.remove_prefix(size);
    }
    return record;
  }

  bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

template <typename Message>
absl::StatusOr<Message> MessageIn(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Torn("an object that is none");
  return message;
}

absl::StatusOr<SpoolHeader> HeaderIn(const Records::Record& record) {
  if (record.kind != kHeader || record.fields.size() != 4) return Torn("it does not begin as one");
  SpoolHeader header{std::string(record.fields[0]), std::string(record.fields[1]), std::string(record.fields[2]), {}};
  int64_t micros = 0;
  const std::string_view at = record.fields[3];
  const auto [end, error] = std::from_chars(at.data(), at.data() + at.size(), micros);
  if (error != std::errc() || end != at.data() + at.size() || micros < 0) return Torn("its time is none");
  header.held_at = base::Timestamp(micros);
  return header;
}

absl::Status TellUnread(const Records::Record& record, Sink& sink) {
  if (record.fields.size() != 4) return Torn("an object without its place");
  // Asset and id are in one field, since four are enough for everything else.
  ASSIGN_OR_RETURN(const v1::CrawledObject object, MessageIn<v1::CrawledObject>(record.fields[2]));
  Sink::Unread unread{std::string(record.fields[1]), std::nullopt, object.source_id(), std::string(record.fields[3])};
  if (object.has_asset()) unread.asset = object.asset();
  sink.Fail(std::string(record.fields[0]), std::move(unread));
  return absl::OkStatus();
}

absl::Status TellScopeEnd(const Records::Record& record, Sink& sink) {
  if (record.fields.size() != 3 || record.fields[1].size() != 1) return Torn("the end of a scope that is none");
  const std::string scope(record.fields[0]);
  switch (record.fields[1][0] - '0') {
    case v1::SCOPE_STATE_COMPLETE: sink.Complete(scope); return absl::OkStatus();
    case v1::SCOPE_STATE_PARTIAL: sink.Partial(scope, record.fields[2]); return absl::OkStatus();
    case v1::SCOPE_STATE_FAILED: sink.Failed(scope, record.fields[2]); return absl::OkStatus();
    default: return Torn("the end of a scope that is none");
  }
}

absl::Status TellRecord(const Records::Record& record, Sink& sink, const SeenObject& seen) {
  switch (record.kind) {
    case kObject: {
      if (record.fields.size() != 2) return Torn("an object without its place");
      ASSIGN_OR_RETURN(v1::CrawledObject object, MessageIn<v1::CrawledObject>(record.fields[1]));
      return sink.Emit(std::string(record.fields[0]), std::move(object));
    }
    case kUnread: return TellUnread(record, sink);
    case kScopeEnd: return TellScopeEnd(record, sink);
    case kSeen: {
      if (record.fields.size() != 1) return Torn("an object that is none");
      ASSIGN_OR_RETURN(const catalog::v1::AssetRef asset, MessageIn<catalog::v1::AssetRef>(record.fields[0]));
      if (seen) seen(asset);
      return absl::OkStatus();
    }
    default: return Torn("a record of an unknown kind");
  }
}

// Everything but the checksum; the header is told to nobody.
absl::StatusOr<SpoolHeader> Walk(std::string_view bytes, Sink* sink, const SeenObject& seen) {
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + kHashBytes) return Torn("it does not begin as one");
  Records records(bytes.substr(kMagic.size(), bytes.size() - kMagic.size() - kHashBytes));
  ASSIGN_OR_RETURN(Records::Record record, records.Next());
  ASSIGN_OR_RETURN(SpoolHeader header, HeaderIn(record));
  while (true) {
    ASSIGN_OR_RETURN(record, records.Next());
    if (record.kind == kEnd) break;
    RETURN_IF_ERROR(TellRecord(record, *sink, seen));
  }
  if (!records.AtEnd()) return Torn("something stands behind its end");
  return header;
}

class Nowhere final : public Sink {
 public:
  absl::Status Emit(const std::string& /*scope*/, v1::CrawledObject /*object*/) override { return absl::OkStatus(); }
  void Fail(const std::string& /*scope*/, Unread /*object*/) override {}
  void Complete(const std::string& /*scope*/) override {}
  void Partial(const std::string& /*scope*/, std::string_view /*reason*/) override {}
  void Failed(const std::string& /*scope*/, std::string_view /*reason*/) override {}
};

absl::Status DiskRefuses(std::string_view doing, const std::string& path) {
  return base::FailedPrecondition("cannot ", doing, " ", path, ": ", std::strerror(errno));
}

// The name of a file is there after a fall of the machine only once its folder is.
absl::Status SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return DiskRefuses("open", folder);
  const bool synced = fsync(file) == 0;
  absl::Status status = synced ? absl::OkStatus() : DiskRefuses("sync", folder);
  close(file);
  return status;
}

}  // namespace

struct SpoolWriter::Hash {
  Hash() = default;
  ~Hash() { XXH3_freeState(state); }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;

  XXH3_state_t* const state = XXH3_createState();
};

SpoolWriter::SpoolWriter(std::string path, int file, int64_t bytes_max)
    : path_(std::move(path)), file_(file), bytes_max_(bytes_max), hash_(std::make_unique<Hash>()) {
  XXH3_128bits_reset(hash_->state);
}

absl::StatusOr<std::unique_ptr<SpoolWriter>> SpoolWriter::Begin(std::string path, const SpoolHeader& header,
                                                                int64_t bytes_max) {
  const std::string fresh = path + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return DiskRefuses("write", fresh);
  std::unique_ptr<SpoolWriter> writer(new SpoolWriter(std::move(path), file, bytes_max));
  if (fchmod(file, 0600) != 0) return DiskRefuses("write", fresh);
  writer->buffer_ = kMagic;
  writer->Put(kHeader, {header.source_name, header.tool, header.ns, std::to_string(header.held_at.micros())});
  RETURN_IF_ERROR(writer->status_);
  return writer;
}

SpoolWriter::~SpoolWriter() {
  if (file_ < 0) return;
  close(file_);
  unlink((path_ + ".new").c_str());
}

void SpoolWriter::Put(char kind, std::initializer_list<std::string_view> fields) {
  if (!status_.ok()) return;
  buffer_ += kind;
  buffer_ += static_cast<char>(fields.size());
  for (const std::string_view field : fields) {
    if (field.size() > kFieldBytesMax) {
      status_ = base::ResourceExhausted("one object has more than 64 MiB");
      return;
    }
    buffer_ += LittleEndian(static_cast<uint32_t>(field.size()));
    buffer_ += field;
  }
  if (bytes_ + static_cast<int64_t>(buffer_.size() + kHashBytes + 2) > bytes_max_) {
    status_ = base::ResourceExhausted("the spool would have more than ", bytes_max_ >> 20, " MiB");
    return;
  }
  if (buffer_.size() >= kBufferBytes) status_ = WriteOut();
}

absl::Status SpoolWriter::WriteOut() {
  XXH3_128bits_update(hash_->state, buffer_.data(), buffer_.size());
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t bytes = write(file_, rest.data(), rest.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes <= 0) return DiskRefuses("write", path_);
    rest.remove_prefix(static_cast<size_t>(bytes));
  }
  bytes_ += static_cast<int64_t>(buffer_.size());
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status SpoolWriter::Emit(const std::string& scope, v1::CrawledObject object) {
  Put(kObject, {scope, object.SerializeAsString()});
  if (status_.ok()) ++objects_;
  return status_;
}

void SpoolWriter::Fail(const std::string& scope, Unread object) {
  v1::CrawledObject named;
  if (object.asset.has_value()) *named.mutable_asset() = *object.asset;
  named.set_source_id(object.source_id);
  Put(kUnread, {scope, object.shown, named.SerializeAsString(), object.reason});
}

void SpoolWriter::End(const std::string& scope, ingest::v1::ScopeState state, std::string_view reason) {
  const char digit = static_cast<char>('0' + state);
  Put(kScopeEnd, {scope, std::string_view(&digit, 1), reason});
}

void SpoolWriter::Complete(const std::string& scope) { End(scope, v1::SCOPE_STATE_COMPLETE, ""); }
void SpoolWriter::Partial(const std::string& scope, std::string_view reason) {
  End(scope, v1::SCOPE_STATE_PARTIAL, reason);
}
void SpoolWriter::Failed(const std::string& scope, std::string_view reason) {
  End(scope, v1::SCOPE_STATE_FAILED, reason);
}
void SpoolWriter::Seen(const catalog::v1::AssetRef& asset) { Put(kSeen, {asset.SerializeAsString()}); }

absl::Status SpoolWriter::Seal() {
  Put(kEnd, {});
  if (status_.ok()) status_ = WriteOut();
  RETURN_IF_ERROR(status_);
  buffer_ = CanonicalOf(XXH3_128bits_digest(hash_->state));
  status_ = WriteOut();
  RETURN_IF_ERROR(status_);
  if (fsync(file_) != 0) return status_ = DiskRefuses("sync", path_);
  const std::string fresh = path_ + ".new";
  if (std::rename(fresh.c_str(), path_.c_str()) != 0) return status_ = DiskRefuses("rename", fresh);
  close(file_);
  file_ = -1;
  return SyncFolderOf(path_);
}

absl::StatusOr<SpoolHeader> CheckSpool(std::string_view bytes) {
  if (bytes.size() < kHashBytes) return Torn("it ends early");
  const std::string_view body = bytes.substr(0, bytes.size() - kHashBytes);
  if (CanonicalOf(XXH3_128bits(body.data(), body.size())) != bytes.substr(body.size())) {
    return Torn("its checksum is another");
  }
  Nowhere nowhere;
  return Walk(bytes, &nowhere, nullptr);
}

absl::Status TellSpool(std::string_view bytes, Sink& sink, const SeenObject& seen) {
  return Walk(bytes, &sink, seen).status();
}

absl::StatusOr<std::unique_ptr<SpoolBytes>> SpoolBytes::Open(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return errno == ENOENT ? base::NotFound("no ", path) : Torn(std::strerror(errno));
  struct stat about = {};
  const bool sound = fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
                     about.st_uid == geteuid() && static_cast<size_t>(about.st_size) <= kFileBytesMax;
  void* start = MAP_FAILED;
  if (sound) start = mmap(nullptr, static_cast<size_t>(about.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (start == MAP_FAILED) return Torn("it is no file of this user");
  return std::unique_ptr<SpoolBytes>(
      new SpoolBytes({static_cast<const char*>(start), static_cast<size_t>(about.st_size)}));
}

SpoolBytes::~SpoolBytes() { munmap(const_cast<char*>(bytes_.data()), bytes_.size()); }

}  // namespace cadastre::ingest
