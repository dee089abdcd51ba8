#include "storage/checkpoint_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::storage {
namespace {

// magic 8, format 4, zero 4, revision 8, payload bytes 8, payload hash 8, zero 16, hash of all before 8.
constexpr size_t kHeaderBytes = 64;
constexpr size_t kHashedHeaderBytes = kHeaderBytes - 8;
constexpr std::string_view kMagic = "CADCKPT1";

Status DeviceStatus() {
  if (errno == ENOSPC || errno == EDQUOT) return base::ResourceExhausted("no space is left on the device");
  return base::Unavailable("the checkpoint could not be read or written");
}

uint64_t Hash(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::string EncodeHeader(CheckpointHeader header, uint64_t payload_bytes, uint64_t payload_hash) {
  std::string encoded(kMagic);
  base::AppendU32(encoded, header.format);
  base::AppendU32(encoded, 0);
  base::AppendU64(encoded, header.revision.value());
  base::AppendU64(encoded, payload_bytes);
  base::AppendU64(encoded, payload_hash);
  encoded.resize(kHashedHeaderBytes, '\0');
  base::AppendU64(encoded, Hash(encoded));
  return encoded;
}

struct Decoded {
  CheckpointHeader header;
  uint64_t payload_bytes = 0;
  uint64_t payload_hash = 0;
};

StatusOr<Decoded> DecodeHeader(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return base::DataLoss("the checkpoint is cut short");
  base::ByteReader sum(bytes.substr(kHashedHeaderBytes, 8));
  ASSIGN_OR_RETURN(const uint64_t hash, sum.ReadU64());
  if (bytes.substr(0, kMagic.size()) != kMagic || hash != Hash(bytes.substr(0, kHashedHeaderBytes))) {
    return base::DataLoss("the checkpoint's header is damaged");
  }
  base::ByteReader reader(bytes.substr(kMagic.size()));
  Decoded decoded;
  ASSIGN_OR_RETURN(decoded.header.format, reader.ReadU32());
  RETURN_IF_ERROR(reader.ReadU32().status());
  ASSIGN_OR_RETURN(const uint64_t revision, reader.ReadU64());
  decoded.header.revision = Revision(revision);
  ASSIGN_OR_RETURN(decoded.payload_bytes, reader.ReadU64());
  ASSIGN_OR_RETURN(decoded.payload_hash, reader.ReadU64());
  return decoded;
}

Status WriteAll(int file, std::string_view bytes, off_t at) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file, bytes.data(), bytes.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return DeviceStatus();
    bytes.remove_prefix(static_cast<size_t>(written));
    at += written;
  }
  return absl::OkStatus();
}

Status SyncFolder(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int file = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return DeviceStatus();
  const Status status = fsync(file) == 0 ? absl::OkStatus() : DeviceStatus();
  close(file);
  return status;
}

}  // namespace

class CheckpointWriter::State {
 public:
  State(std::string path, CheckpointHeader header)
      : path_(std::move(path)), beside_(path_ + ".new"), header_(header), hash_(XXH3_createState()) {
    XXH3_64bits_reset(hash_);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    XXH3_freeState(hash_);
    if (file_ >= 0) close(file_);
    if (!finished_) unlink(beside_.c_str());
  }

  Status Open() {
    file_ = open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return file_ >= 0 ? absl::OkStatus() : DeviceStatus();
  }

  Status Append(std::string_view bytes) {
    RETURN_IF_ERROR(WriteAll(file_, bytes, static_cast<off_t>(kHeaderBytes + bytes_)));
    XXH3_64bits_update(hash_, bytes.data(), bytes.size());
    bytes_ += bytes.size();
    return absl::OkStatus();
  }

  Status Finish() {
    RETURN_IF_ERROR(WriteAll(file_, EncodeHeader(header_, bytes_, XXH3_64bits_digest(hash_)), 0));
    if (fsync(file_) != 0) return DeviceStatus();
    if (rename(beside_.c_str(), path_.c_str()) != 0) return DeviceStatus();
    finished_ = true;
    return SyncFolder(path_);
  }

 private:
  const std::string path_;
  const std::string beside_;
  const CheckpointHeader header_;
  XXH3_state_t* const hash_;
  int file_ = -1;
  uint64_t bytes_ = 0;
  bool finished_ = false;
};

StatusOr<CheckpointWriter> CheckpointWriter::Create(const std::string& path, CheckpointHeader header) {
  auto state = std::make_unique<State>(path, header);
  RETURN_IF_ERROR(state->Open());
  return CheckpointWriter(std::move(state));
}

CheckpointWriter::CheckpointWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
CheckpointWriter::CheckpointWriter(CheckpointWriter&&) noexcept = default;
CheckpointWriter::~CheckpointWriter() = default;

Status CheckpointWriter::Append(std::string_view bytes) { return state_->Append(bytes); }

Status CheckpointWriter::Finish() { return state_->Finish(); }

CheckpointFile::CheckpointFile(CheckpointFile&& other) noexcept
    : mapped_(std::exchange(other.mapped_, nullptr)),
      mapped_bytes_(other.mapped_bytes_),
      revision_(other.revision_),
      payload_(std::exchange(other.payload_, {})) {}

CheckpointFile::~CheckpointFile() {
  if (mapped_ != nullptr) munmap(mapped_, mapped_bytes_);
}

StatusOr<CheckpointFile> CheckpointFile::Open(const std::string& path, uint32_t format) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno == ENOENT ? base::NotFound("there is no checkpoint") : DeviceStatus();
  struct stat about = {};
  void* mapped = MAP_FAILED;
  const bool known = fstat(file, &about) == 0;
  if (known && about.st_size > 0) {
    mapped = mmap(nullptr, static_cast<size_t>(about.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  }
  close(file);
  if (known && about.st_size == 0) return base::DataLoss("the checkpoint is cut short");
  if (mapped == MAP_FAILED) return DeviceStatus();

  CheckpointFile opened(mapped, static_cast<size_t>(about.st_size));
  const std::string_view bytes(static_cast<const char*>(mapped), opened.mapped_bytes_);
  ASSIGN_OR_RETURN(const Decoded decoded, DecodeHeader(bytes));
  if (decoded.header.format != format) {
    return base::FailedPrecondition("the checkpoint has format ", decoded.header.format, ", not ", format);
  }
  opened.payload_ = bytes.substr(kHeaderBytes);
  if (opened.payload_.size() != decoded.payload_bytes) return base::DataLoss("the checkpoint is cut short");
  if (Hash(opened.payload_) != decoded.payload_hash) return base::DataLoss("the checkpoint is damaged");
  opened.revision_ = decoded.header.revision;
  return opened;
}

}  // namespace cadastre::storage
