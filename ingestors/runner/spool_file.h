// What a crawl saw while the catalog could not be told, in a file: the calls of a Sink in their order.
//
// A file is whole or it is none: it is written beside its name, closed by a checksum, synced and renamed, and who reads
// it looks at all of it before it tells anything of it. It holds what a source says of its objects and no secret of a
// recipe; mode 0600.
// Owner: the run. Thread rule: confined.
// Errors: FAILED_PRECONDITION where the disk refuses; RESOURCE_EXHAUSTED beyond `bytes_max`, after which there is no
// file; DATA_LOSS where the bytes are not a whole spool.
// Bounds: a field 64 MiB, a file 1 TiB. Deliberately does not: say whether what it holds still holds (replay.h does).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "ingestors/runner/source.h"

namespace cadastre::ingest {

// Whose crawl it was; what does not fit is another's.
struct SpoolHeader {
  std::string source_name;
  // SourceType::word.
  std::string tool;
  // The namespace of its assets.
  std::string ns;
  base::Timestamp held_at;

  friend bool operator==(const SpoolHeader&, const SpoolHeader&) = default;
};

class SpoolWriter final : public Sink {
 public:
  static absl::StatusOr<std::unique_ptr<SpoolWriter>> Begin(std::string path, const SpoolHeader& header,
                                                            int64_t bytes_max);
  // Takes away what was not sealed.
  ~SpoolWriter() override;
  SpoolWriter(const SpoolWriter&) = delete;
  SpoolWriter& operator=(const SpoolWriter&) = delete;

  absl::Status Emit(const std::string& scope, v1::CrawledObject object) override;
  void Fail(const std::string& scope, Unread object) override;
  void Complete(const std::string& scope) override;
  void Partial(const std::string& scope, std::string_view reason) override;
  void Failed(const std::string& scope, std::string_view reason) override;
  // How a scope ended: as the three above, by its word.
  void End(const std::string& scope, ingest::v1::ScopeState state, std::string_view reason);
  // An object that is there, and that the catalog was told of already.
  void Seen(const catalog::v1::AssetRef& asset);

  // Everything was written: from here on the file is there, also after a fall of the machine.
  absl::Status Seal();

  // Why there will be no file; OK while there may be one.
  const absl::Status& status() const { return status_; }
  const std::string& path() const { return path_; }
  int64_t objects() const { return objects_; }
  int64_t bytes() const { return bytes_ + static_cast<int64_t>(buffer_.size()); }

 private:
  struct Hash;
  SpoolWriter(std::string path, int file, int64_t bytes_max);
  void Put(char kind, std::initializer_list<std::string_view> fields);
  absl::Status WriteOut();

  const std::string path_;
  int file_;
  const int64_t bytes_max_;
  const std::unique_ptr<Hash> hash_;
  std::string buffer_;
  int64_t objects_ = 0;
  int64_t bytes_ = 0;
  absl::Status status_;
};

// Told for each object that the catalog has already.
using SeenObject = std::function<void(const catalog::v1::AssetRef& asset)>;

// The header of a whole spool. Everything is looked at, nothing told.
absl::StatusOr<SpoolHeader> CheckSpool(std::string_view bytes);

// Tells a whole spool to `sink`, and ends as it does.
absl::Status TellSpool(std::string_view bytes, Sink& sink, const SeenObject& seen);

// A file's bytes, kept as long as it is.
class SpoolBytes {
 public:
  // NOT_FOUND, or DATA_LOSS where it is no file of ours.
  static absl::StatusOr<std::unique_ptr<SpoolBytes>> Open(const std::string& path);
  ~SpoolBytes();
  SpoolBytes(const SpoolBytes&) = delete;
  SpoolBytes& operator=(const SpoolBytes&) = delete;

  std::string_view bytes() const { return bytes_; }

 private:
  explicit SpoolBytes(std::string_view bytes) : bytes_(bytes) {}
  const std::string_view bytes_;
};

}  // namespace cadastre::ingest
