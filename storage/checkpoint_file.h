// What a follower keeps in memory, written to one file whole and checksummed, and mapped again at the next start.
//
// A writer is made by the follower for one checkpoint (thread rule: confined); a CheckpointFile is made by Open, owned
// by the follower (thread rule: compatible; it may be moved). The file appears under its name whole or not at all: it
// is written beside it, synced, renamed, and its folder synced. Errors: UNAVAILABLE and RESOURCE_EXHAUSTED (the
// device). Of Open also: NOT_FOUND (no such file), FAILED_PRECONDITION (another format), DATA_LOSS (cut short or a
// wrong checksum). After any of these the follower rebuilds. Bounds: a payload is whatever the follower's memory is; it
// is read once, when opened, for its checksum. Deliberately does not: know an engine, a table or what the payload
// means; keep more than one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/words.h"

namespace cadastre::storage {

// What stands before the payload.
struct CheckpointHeader {
  uint32_t format = 0;  // the follower's own, to be raised when the payload's meaning changes
  Revision revision;    // what the payload reflects
};

class CheckpointWriter {
 public:
  static StatusOr<CheckpointWriter> Create(const std::string& path, CheckpointHeader header);
  CheckpointWriter(CheckpointWriter&&) noexcept;
  CheckpointWriter& operator=(CheckpointWriter&&) = delete;
  // Without Finish the file under the name stays as it was.
  ~CheckpointWriter();

  Status Append(std::string_view bytes);
  // On the device under its name when this returns OK. The writer is used up.
  Status Finish();

 private:
  class State;
  explicit CheckpointWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class CheckpointFile {
 public:
  static StatusOr<CheckpointFile> Open(const std::string& path, uint32_t format);
  CheckpointFile(CheckpointFile&& other) noexcept;
  CheckpointFile& operator=(CheckpointFile&&) = delete;
  ~CheckpointFile();

  Revision revision() const { return revision_; }
  // Mapped; aligned to 64 bytes; good as long as this object.
  std::string_view payload() const { return payload_; }

 private:
  CheckpointFile(void* mapped, size_t mapped_bytes) : mapped_(mapped), mapped_bytes_(mapped_bytes) {}

  void* mapped_;
  size_t mapped_bytes_;
  Revision revision_;
  std::string_view payload_;
};

}  // namespace cadastre::storage
