// A file system that loses power: at a chosen operation the device is gone, and what was never synced goes with it. Or
// one that runs full: from a chosen operation on nothing finds room, until there is room again.
//
// Made by a test, handed to RocksDbEngine; outlives the engine. Thread rule: safe, save LoseUnsynced, which wants the
// engine closed. Bytes count as safe after Sync or Fsync of their file; a file's creation, renaming or removal after
// Fsync of its folder. What a process merely wrote is lost here, though a real kernel keeps it over a kill: that is the
// point. Deliberately does not: sync the machine's own disk, or follow files this test did not open for writing.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/mutex.h"

namespace cadastre::storage {

class PowerCutFs final : public rocksdb::FileSystemWrapper {
 public:
  // `attic`: an existing folder outside the store, for what unsynced operations replaced.
  PowerCutFs(std::string attic, uint64_t seed);

  const char* Name() const override { return "PowerCutFs"; }

  // The power goes at the nth operation from now (1 is the next); whether that one still took effect is left to chance.
  void CutAt(uint64_t nth);
  bool is_off() const;
  // From the nth operation from now that takes room (1 is the next) none finds any: an append is cut short, a file is
  // not made, and a sync fails now and then.
  void FillAt(uint64_t nth);
  void MakeRoom();
  bool is_full() const;
  // Operations that could have been cut since the making.
  uint64_t operations() const;
  // Takes back what was not safe and gives the power back. `torn`: of each file's unsafe bytes a random part is there,
  // its end perhaps garbage (but of the MANIFEST), and of the folders' unsafe changes a random number of the first
  // ones.
  void LoseUnsynced(bool torn);

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  class File;
  class Folder;
  struct Bytes {
    uint64_t safe = 0;
    uint64_t written = 0;
  };
  // A change of a folder that a cut may take back.
  struct Change {
    enum class Kind { kCreated, kRemoved, kRenamed } kind;
    std::string path;                  // created, removed, or renamed to
    std::string from;                  // renamed from
    std::optional<std::string> attic;  // where the removed or replaced file waits
    Bytes bytes;                       // of the removed or replaced file
  };
  enum class Turn { kGo, kGoThenOff, kOff };

  bool FindsRoom();
  // Of what is appended on a full device: bytes that still fit; nullopt where all do.
  std::optional<uint64_t> FindsRoomFor(uint64_t bytes);
  bool SyncFails();
  Turn TakeTurn();
  Turn TakeTurnLocked() REQUIRES(mutex_);
  // Runs the operation when it is its turn; OK only when the power is still on after it.
  template <typename Operation>
  rocksdb::IOStatus Run(Operation operation);
  void Written(const std::string& path, uint64_t bytes);
  void Truncated(const std::string& path, uint64_t bytes);
  void MakeSafe(const std::string& path);
  void MakeFolderSafe(const std::string& folder);
  std::string MoveToAttic(const std::string& path) REQUIRES(mutex_);
  void TakeBack(const Change& change) REQUIRES(mutex_);
  void LoseBytes(const std::string& path, Bytes& bytes, bool torn) REQUIRES(mutex_);
  uint64_t Below(uint64_t limit) REQUIRES(mutex_);

  const std::string attic_;
  mutable base::Mutex mutex_;
  std::mt19937_64 random_ GUARDED_BY(mutex_);
  uint64_t operations_ GUARDED_BY(mutex_) = 0;
  uint64_t cut_at_ GUARDED_BY(mutex_) = 0;  // 0: never
  bool off_ GUARDED_BY(mutex_) = false;
  uint64_t until_full_ GUARDED_BY(mutex_) = 0;  // 0: never
  bool full_ GUARDED_BY(mutex_) = false;
  uint64_t attic_names_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, Bytes> files_ GUARDED_BY(mutex_);
  std::vector<Change> changes_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::storage
