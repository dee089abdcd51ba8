#include "tests/unit/storage/power_cut_fs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

namespace cadastre::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

IOStatus NoRoom() { return IOStatus::NoSpace("the device is full"); }

IOStatus PowerIsOff() { return IOStatus::IOError("the power is off"); }

std::string FolderOf(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

// RocksDB says "db//CURRENT" here and "db/CURRENT" there.
std::string Normal(const std::string& path) {
  std::string normal = std::filesystem::path(path).lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

// RocksDB cuts a torn end off its MANIFEST by its length alone and calls any other damage corruption, rightly: dropping
// a record of it could drop synced data. File systems that write data before the size leave no garbage there.
bool MayEndInGarbage(const std::string& path) {
  return !std::filesystem::path(path).filename().string().starts_with("MANIFEST");
}

}  // namespace

template <typename Operation>
IOStatus PowerCutFs::Run(Operation operation) {
  const Turn turn = TakeTurn();
  if (turn == Turn::kOff) return PowerIsOff();
  IOStatus status = operation();
  return turn == Turn::kGo ? status : PowerIsOff();
}

class PowerCutFs::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(PowerCutFs* fs, std::string path, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), fs_(fs), path_(std::move(path)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* debug) override {
    if (const std::optional<uint64_t> fits = fs_->FindsRoomFor(data.size())) {
      const IOStatus cut = AppendAll(rocksdb::Slice(data.data(), *fits), options, debug);
      return cut.ok() ? NoRoom() : cut;
    }
    return AppendAll(data, options, debug);
  }
  IOStatus AppendAll(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* debug) {
    return fs_->Run([&] {
      IOStatus status = FSWritableFileOwnerWrapper::Append(data, options, debug);
      if (status.ok()) fs_->Written(path_, data.size());
      return status;
    });
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus PositionedAppend(const rocksdb::Slice&, uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::NotSupported("direct writes are not followed");
  }
  IOStatus PositionedAppend(const rocksdb::Slice&, uint64_t, const IOOptions&, const rocksdb::DataVerificationInfo&,
                            IODebugContext*) override {
    return IOStatus::NotSupported("direct writes are not followed");
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = FSWritableFileOwnerWrapper::Truncate(size, options, debug);
    if (status.ok()) fs_->Truncated(path_, size);
    return status;
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return MakeSafe(); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return MakeSafe(); }

 private:
  IOStatus MakeSafe() {
    if (fs_->SyncFails()) return NoRoom();
    return fs_->Run([&] {
      fs_->MakeSafe(path_);
      return IOStatus::OK();
    });
  }

  PowerCutFs* fs_;
  const std::string path_;
};

class PowerCutFs::Folder final : public rocksdb::FSDirectory {
 public:
  Folder(PowerCutFs* fs, std::string path) : fs_(fs), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return fs_->Run([&] {
      fs_->MakeFolderSafe(path_);
      return IOStatus::OK();
    });
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  PowerCutFs* fs_;
  const std::string path_;
};

PowerCutFs::PowerCutFs(std::string attic, uint64_t seed)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), attic_(std::move(attic)), random_(seed) {}

void PowerCutFs::CutAt(uint64_t nth) {
  base::MutexLock lock(mutex_);
  cut_at_ = operations_ + nth;
}

void PowerCutFs::FillAt(uint64_t nth) {
  base::MutexLock lock(mutex_);
  until_full_ = nth;
}

void PowerCutFs::MakeRoom() {
  base::MutexLock lock(mutex_);
  until_full_ = 0;
  full_ = false;
}

bool PowerCutFs::is_full() const {
  base::MutexLock lock(mutex_);
  return full_;
}

bool PowerCutFs::FindsRoom() {
  base::MutexLock lock(mutex_);
  if (until_full_ > 0 && --until_full_ == 0) full_ = true;
  return !full_;
}

std::optional<uint64_t> PowerCutFs::FindsRoomFor(uint64_t bytes) {
  if (FindsRoom() || bytes == 0) return std::nullopt;
  base::MutexLock lock(mutex_);
  return Below(bytes);
}

bool PowerCutFs::SyncFails() {
  base::MutexLock lock(mutex_);
  return full_ && Below(4) == 0;
}

bool PowerCutFs::is_off() const {
  base::MutexLock lock(mutex_);
  return off_;
}

uint64_t PowerCutFs::operations() const {
  base::MutexLock lock(mutex_);
  return operations_;
}

PowerCutFs::Turn PowerCutFs::TakeTurn() {
  base::MutexLock lock(mutex_);
  return TakeTurnLocked();
}

PowerCutFs::Turn PowerCutFs::TakeTurnLocked() {
  if (off_) return Turn::kOff;
  ++operations_;
  if (cut_at_ != operations_) return Turn::kGo;
  off_ = true;
  return Below(2) == 0 ? Turn::kOff : Turn::kGoThenOff;
}

IOStatus PowerCutFs::NewWritableFile(const std::string& path, const FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
  if (!FindsRoom()) return NoRoom();
  const std::string normal = Normal(path);
  return Run([&] {
    base::MutexLock lock(mutex_);
    Change change{Change::Kind::kCreated, normal, "", std::nullopt, {}};
    if (std::filesystem::exists(normal)) {
      change.bytes = files_[normal];
      change.attic = MoveToAttic(normal);
    }
    std::unique_ptr<rocksdb::FSWritableFile> file;
    IOStatus status = target()->NewWritableFile(path, options, &file, debug);
    if (!status.ok()) return status;
    changes_.push_back(std::move(change));
    files_[normal] = {};
    *result = std::make_unique<File>(this, normal, std::move(file));
    return status;
  });
}

IOStatus PowerCutFs::ReopenWritableFile(const std::string& path, const FileOptions& options,
                                        std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
  if (!std::filesystem::exists(path)) return NewWritableFile(path, options, result, debug);
  const std::string normal = Normal(path);
  return Run([&] {
    std::unique_ptr<rocksdb::FSWritableFile> file;
    IOStatus status = target()->ReopenWritableFile(path, options, &file, debug);
    if (!status.ok()) return status;
    base::MutexLock lock(mutex_);
    const uint64_t size = std::filesystem::file_size(normal);
    files_.try_emplace(normal, Bytes{size, size});
    *result = std::make_unique<File>(this, normal, std::move(file));
    return status;
  });
}

IOStatus PowerCutFs::NewDirectory(const std::string& path, const IOOptions&,
                                  std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) {
  *result = std::make_unique<Folder>(this, Normal(path));
  return IOStatus::OK();
}

IOStatus PowerCutFs::DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) {
  const std::string normal = Normal(path);
  return Run([&] {
    base::MutexLock lock(mutex_);
    if (!std::filesystem::exists(normal)) return IOStatus::PathNotFound("no such file");
    const Bytes bytes = files_.contains(normal) ? files_[normal] : Bytes{};
    changes_.push_back({Change::Kind::kRemoved, normal, "", MoveToAttic(normal), bytes});
    return IOStatus::OK();
  });
}

IOStatus PowerCutFs::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                IODebugContext* debug) {
  const std::string old_path = Normal(from);
  const std::string new_path = Normal(to);
  return Run([&] {
    base::MutexLock lock(mutex_);
    Change change{Change::Kind::kRenamed, new_path, old_path, std::nullopt, {}};
    if (std::filesystem::exists(new_path)) {
      change.bytes = files_[new_path];
      change.attic = MoveToAttic(new_path);
    }
    IOStatus status = target()->RenameFile(from, to, options, debug);
    if (!status.ok()) return status;
    if (const auto file = files_.find(old_path); file != files_.end()) {
      files_[new_path] = file->second;
      files_.erase(old_path);
    }
    changes_.push_back(std::move(change));
    return status;
  });
}

// A file may be removed while it is still open; what is then written to it has no name to come back under.
void PowerCutFs::Written(const std::string& path, uint64_t bytes) {
  base::MutexLock lock(mutex_);
  if (const auto file = files_.find(path); file != files_.end()) file->second.written += bytes;
}

void PowerCutFs::Truncated(const std::string& path, uint64_t bytes) {
  base::MutexLock lock(mutex_);
  const auto file = files_.find(path);
  if (file == files_.end()) return;
  file->second.written = std::min(file->second.written, bytes);
  file->second.safe = std::min(file->second.safe, bytes);
}

void PowerCutFs::MakeSafe(const std::string& path) {
  base::MutexLock lock(mutex_);
  if (const auto file = files_.find(path); file != files_.end()) file->second.safe = file->second.written;
}

void PowerCutFs::MakeFolderSafe(const std::string& folder) {
  base::MutexLock lock(mutex_);
  std::erase_if(changes_, [&](const Change& change) {
    if (FolderOf(change.path) != folder) return false;
    if (change.attic) std::filesystem::remove(*change.attic);
    return true;
  });
}

std::string PowerCutFs::MoveToAttic(const std::string& path) {
  const std::string kept = attic_ + "/" + std::to_string(++attic_names_);
  std::filesystem::rename(path, kept);
  files_.erase(path);
  return kept;
}

void PowerCutFs::TakeBack(const Change& change) {
  switch (change.kind) {
    case Change::Kind::kCreated:
      std::filesystem::remove(change.path);
      files_.erase(change.path);
      break;
    case Change::Kind::kRemoved: break;
    case Change::Kind::kRenamed:
      std::filesystem::rename(change.path, change.from);
      if (const auto file = files_.find(change.path); file != files_.end()) {
        files_[change.from] = file->second;
        files_.erase(change.path);
      }
      break;
  }
  if (change.attic) {
    std::filesystem::rename(*change.attic, change.path);
    // A file this file system never saw written was whole before it.
    if (change.bytes.written > 0) files_[change.path] = change.bytes;
  }
}

void PowerCutFs::LoseBytes(const std::string& path, Bytes& bytes, bool torn) {
  const uint64_t unsafe = bytes.written - bytes.safe;
  const uint64_t kept = torn && unsafe > 0 ? Below(unsafe + 1) : 0;
  std::filesystem::resize_file(path, bytes.safe + kept);
  if (kept > 0 && MayEndInGarbage(path) && Below(2) == 0) {
    const uint64_t garbage = 1 + Below(std::min<uint64_t>(kept, 512));
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(bytes.safe + kept - garbage));
    for (uint64_t i = 0; i < garbage; ++i) file.put(static_cast<char>(Below(256)));
  }
  bytes.safe = bytes.written = bytes.safe + kept;
}

void PowerCutFs::LoseUnsynced(bool torn) {
  base::MutexLock lock(mutex_);
  const size_t kept = torn ? Below(changes_.size() + 1) : 0;
  while (changes_.size() > kept) {
    TakeBack(changes_.back());
    changes_.pop_back();
  }
  for (const Change& change : changes_) {
    if (change.attic) std::filesystem::remove(*change.attic);
  }
  changes_.clear();
  for (auto& [path, bytes] : files_) LoseBytes(path, bytes, torn);
  off_ = false;
  cut_at_ = 0;
}

uint64_t PowerCutFs::Below(uint64_t limit) { return std::uniform_int_distribution<uint64_t>(0, limit - 1)(random_); }

}  // namespace cadastre::storage
