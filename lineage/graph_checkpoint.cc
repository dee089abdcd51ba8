#include "lineage/graph_checkpoint.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/status.h"
#include "xxhash.h"

namespace cadastre::lineage {
namespace {

constexpr uint64_t kMagic = 0x3130'4850'4152'4743;  // "CGRAPH01"

struct Header {
  uint64_t magic = kMagic;
  uint64_t reached = 0;
  uint64_t node_end = 0;
  uint64_t edges = 0;
  uint64_t kinds = 0;
  uint64_t body_hash = 0;
  uint64_t header_hash = 0;  // of the fields above

  uint64_t OwnHash() const { return XXH3_64bits(this, offsetof(Header, header_hash)); }
};

// ArcKind has padding, whose bytes must not reach the file.
struct StoredKind {
  uint32_t job;
  uint32_t producer;
  uint32_t kind;
  uint32_t flags;  // 1 ended, 2 covered
};

Status Failed(std::string_view what, const std::string& path) {
  return base::Unavailable(what, " ", path, ": ", std::strerror(errno));
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

bool WriteAll(int descriptor, const void* bytes, size_t size) {
  const char* at = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::write(descriptor, at, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += written;
    size -= static_cast<size_t>(written);
  }
  return true;
}

template <typename T>
std::string_view Bytes(const std::vector<T>& values) {
  static_assert(std::has_unique_object_representations_v<T>);
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// The parts of the body, in order; empty when the sizes do not fit the bytes there are.
class BodyReader {
 public:
  BodyReader(const char* at, size_t size) : at_(at), left_(size) {}
  template <typename T>
  bool Read(uint64_t count, std::vector<T>* values) {
    if (count > left_ / sizeof(T)) return false;
    values->resize(count);
    std::memcpy(values->data(), at_, count * sizeof(T));
    at_ += count * sizeof(T);
    left_ -= count * sizeof(T);
    return true;
  }
  bool AtEnd() const { return left_ == 0; }

 private:
  const char* at_;
  size_t left_;
};

Status SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.descriptor() < 0 || ::fsync(file.descriptor()) != 0) return Failed("cannot sync", folder);
  return absl::OkStatus();
}

}  // namespace

Status GraphCheckpoint::Save(const std::string& path, const CompressedRows& rows, Revision reached) {
  std::vector<StoredKind> kinds;
  kinds.reserve(rows.kinds_.size());
  for (const ArcKind& kind : rows.kinds_) {
    kinds.push_back(
        {kind.job, kind.producer, static_cast<uint32_t>(kind.kind), (kind.ended ? 1u : 0u) | (kind.covered ? 2u : 0u)});
  }
  const std::vector<std::string_view> parts = {Bytes(kinds), Bytes(rows.sides_[0].begins), Bytes(rows.sides_[0].arcs),
                                               Bytes(rows.sides_[1].begins), Bytes(rows.sides_[1].arcs)};
  XXH3_state_t* state = XXH3_createState();
  XXH3_64bits_reset(state);
  for (const std::string_view part : parts) XXH3_64bits_update(state, part.data(), part.size());
  Header header;
  header.reached = reached.value();
  header.node_end = rows.node_end_;
  header.edges = rows.edges();
  header.kinds = kinds.size();
  header.body_hash = XXH3_64bits_digest(state);
  XXH3_freeState(state);
  header.header_hash = header.OwnHash();

  const std::string beside = path + ".new";
  {
    const File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.descriptor() < 0) return Failed("cannot open", beside);
    bool written = WriteAll(file.descriptor(), &header, sizeof(header));
    for (const std::string_view part : parts)
      written = written && WriteAll(file.descriptor(), part.data(), part.size());
    if (!written || ::fsync(file.descriptor()) != 0) return Failed("cannot write", beside);
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return Failed("cannot rename to", path);
  return SyncFolderOf(path);
}

StatusOr<GraphCheckpoint::Loaded> GraphCheckpoint::Load(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor() < 0) {
    if (errno == ENOENT) return base::NotFound("no checkpoint of the graph");
    return Failed("cannot open", path);
  }
  struct stat facts {};
  if (::fstat(file.descriptor(), &facts) != 0) return Failed("cannot stat", path);
  const size_t size = static_cast<size_t>(facts.st_size);
  if (size < sizeof(Header)) return base::DataLoss("the graph's checkpoint is cut");
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
  if (mapped == MAP_FAILED) return Failed("cannot map", path);
  const std::unique_ptr<void, std::function<void(void*)>> unmap(mapped, [size](void* at) { ::munmap(at, size); });

  Header header;
  std::memcpy(&header, mapped, sizeof(header));
  if (header.magic != kMagic || header.header_hash != header.OwnHash()) {
    return base::DataLoss("the graph's checkpoint has a damaged head");
  }
  const char* body = static_cast<const char*>(mapped) + sizeof(Header);
  const size_t body_size = size - sizeof(Header);
  if (XXH3_64bits(body, body_size) != header.body_hash) return base::DataLoss("the graph's checkpoint is damaged");

  auto rows = std::make_shared<CompressedRows>();
  rows->node_end_ = static_cast<uint32_t>(header.node_end);
  std::vector<StoredKind> kinds;
  BodyReader reader(body, body_size);
  const uint64_t begins = header.node_end + 1;
  bool fits = reader.Read(header.kinds, &kinds);
  for (CompressedRows::Rows& side : rows->sides_) {
    fits = fits && reader.Read(begins, &side.begins) && reader.Read(header.edges, &side.arcs);
  }
  if (!fits || !reader.AtEnd()) return base::DataLoss("the graph's checkpoint has sizes that do not fit");
  for (const StoredKind& kind : kinds) {
    rows->kinds_.push_back(
        {kind.job, kind.producer, static_cast<EdgeKind>(kind.kind), (kind.flags & 1) != 0, (kind.flags & 2) != 0});
  }
  return Loaded{std::move(rows), Revision(header.reached)};
}

}  // namespace cadastre::lineage
