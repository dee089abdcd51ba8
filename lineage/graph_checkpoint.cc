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

#include "base/durable_file.h"
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
  ::unlink(beside.c_str());
  {
    const base::OpenFile file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.ok()) return base::FileError("cannot make", beside);
    RETURN_IF_ERROR(base::WriteAll(file.get(), beside, {reinterpret_cast<const char*>(&header), sizeof(header)}));
    for (const std::string_view part : parts) RETURN_IF_ERROR(base::WriteAll(file.get(), beside, part));
    if (::fsync(file.get()) != 0) return base::FileError("cannot sync", beside);
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return base::FileError("cannot rename to", path);
  return base::SyncFolderOf(path);
}

StatusOr<GraphCheckpoint::Loaded> GraphCheckpoint::Load(const std::string& path) {
  const base::OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ENOENT) return base::NotFound("no checkpoint of the graph");
    return base::FileError("cannot open", path);
  }
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return base::FileError("cannot stat", path);
  const size_t size = static_cast<size_t>(facts.st_size);
  if (size < sizeof(Header)) return base::DataLoss("the graph's checkpoint is cut");
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (mapped == MAP_FAILED) return base::FileError("cannot map", path);
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
