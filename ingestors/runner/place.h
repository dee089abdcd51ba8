// What a source has on the machine that crawls it: a lock, the name its crawls are held under, the number of the last
// one, and what could not be told yet. All that truly counts is remembered by the catalog; a place that is lost costs
// the wait for a dead lease and what was spooled.
//
// Owner: the run. Thread rule: confined; of processes one at a time, by the lock.
// Errors: FAILED_PRECONDITION with the path where the disk refuses or the folder is somebody else's.
// Bounds: kSpoolsMax spools. Deliberately does not: fence off a crawler on another machine (the catalog's lease does).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cadastre::ingest {

inline constexpr size_t kSpoolsMax = 16;

class SourcePlace {
 public:
  // The folder of this source in this catalog, below `folder`, made where it is not there; mode 0700.
  static absl::StatusOr<std::unique_ptr<SourcePlace>> Open(const std::string& folder, std::string_view catalog_url,
                                                           std::string_view source_name);
  // Gives the lock back; so does the end of the process, however it comes.
  ~SourcePlace();
  SourcePlace(const SourcePlace&) = delete;
  SourcePlace& operator=(const SourcePlace&) = delete;

  // False while another process has it. What follows needs it. A spool that was never sealed is taken away.
  absl::StatusOr<bool> TryLock();
  // The process that wrote last that it has the lock, for people; empty where none did.
  std::string LastLockedBy() const;

  // The same for every run here and for none elsewhere: whoever has the lock is the only one to crawl by this name, so
  // that a lease of this name is one of his own, or of one that died.
  const std::string& holder() const { return holder_; }
  // The number of the last crawl that began here; 0 where none is known.
  int64_t last_crawl() const { return last_crawl_; }
  // As well as the disk lets it: an older number only asks more of the catalog.
  void KeepLastCrawl(int64_t crawl);

  // Files of spools, oldest first.
  std::vector<std::string> Spools() const;
  // The file of the next one.
  std::string NextSpool() const;
  // Takes the oldest away until `bytes` more are at most `bytes_max` and one more is at most kSpoolsMax; how many.
  int MakeRoom(int64_t bytes, int64_t bytes_max) const;

  const std::string& folder() const { return folder_; }

 private:
  SourcePlace(std::string folder, int lock);
  absl::Status ReadState();

  const std::string folder_;
  const int lock_;
  std::string holder_;
  int64_t last_crawl_ = 0;
};

// `$XDG_STATE_HOME/cadastre-ingest` or `~/.local/state/cadastre-ingest`; empty without a home.
std::string StateFolder();

// Makes a folder and those above it, each that is new with mode 0700. FAILED_PRECONDITION where it cannot be, or where
// the folder is another user's or may be written by one.
absl::Status MakeOwnFolder(const std::string& folder);

}  // namespace cadastre::ingest
