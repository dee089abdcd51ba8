// Files that must outlive a power cut: written to the last byte, and on the device before the call returns.
//
// Owner: none, functions. Thread rule: safe (of different files).
// Errors: RESOURCE_EXHAUSTED where the disk is full, UNAVAILABLE (the device, permissions), with the path: what is
// written here is the server's own folder, whose paths its operator knows. Deliberately does not: know what is in a
// file.
#pragma once

#include <string>
#include <string_view>

#include "base/words.h"

namespace cadastre::base {

// Owns a descriptor. Thread rule: confined.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();

  int get() const { return descriptor_; }
  bool ok() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

// What `errno` says of `path`, after `what` was tried.
Status FileError(std::string_view what, const std::string& path);

// All of `bytes`, over short writes and interruptions. Not yet on the device.
Status WriteAll(int descriptor, const std::string& path, std::string_view bytes);
// A file that does not exist yet (ALREADY_EXISTS), mode 0600, synced. Its folder is the caller's to sync.
Status WriteNewFile(const std::string& path, std::string_view bytes);
// Brings one file's bytes, or a folder's names, to the device.
Status SyncPath(const std::string& path);
// The folder that names `path`.
Status SyncFolderOf(const std::string& path);
// Every file and folder under `folder`, itself included.
Status SyncTree(const std::string& folder);

}  // namespace cadastre::base
