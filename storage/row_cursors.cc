#include "storage/row_cursors.h"

#include <utility>

#include "base/bytes.h"
#include "base/check.h"

namespace cadastre::storage {
namespace {

// A seek costs about as much as this many steps in RocksDB.
constexpr int kStepsBeforeSeek = 6;

class ShapeCursor : public RowCursor {
 public:
  ShapeCursor(std::unique_ptr<EngineCursor> cursor, std::string_view lower)
      : cursor_(std::move(cursor)), lower_(lower) {}

  bool Valid() const override { return valid_; }
  const Row& row() const override { return row_; }

  void Next() override {
    CHECK(valid_) << "Next on a cursor at its end";
    Leave();
    Settle();
  }

  void SkipPrefix(std::string_view prefix) override {
    const std::string end = base::PrefixEnd(prefix);
    if (end.empty()) {
      valid_ = false;
      ended_ = true;
      return;
    }
    if (cursor_->Valid() && cursor_->key() < end) AdvanceTo(*cursor_, end);
    Settle();
  }

  Status status() const override { return status_.ok() ? cursor_->status() : status_; }

 protected:
  // Moves the engine's cursor off the row shown.
  virtual void Leave() { cursor_->Next(); }
  // Whether the stored row under the engine's cursor is to be shown; otherwise moves on.
  virtual bool Accept(const StoredKey& stored) = 0;

  void Settle() {
    valid_ = false;
    while (!ended_ && status_.ok() && cursor_->Valid()) {
      const StatusOr<StoredKey> stored = ParseStoredKey(cursor_->key());
      if (!stored.ok()) {
        status_ = stored.status();
        return;
      }
      if (stored->key < lower_) {
        // Only when `lower` goes on after a whole key.
        AdvanceTo(*cursor_, VersionsEnd(stored->key));
        continue;
      }
      if (!Accept(*stored)) continue;
      row_.key = stored->key;
      row_.value = cursor_->value();
      row_.revision = stored->revision;
      row_.held = stored->held;
      valid_ = true;
      return;
    }
  }

  EngineCursor& cursor() { return *cursor_; }

 private:
  std::unique_ptr<EngineCursor> cursor_;
  const std::string lower_;
  Row row_;
  bool valid_ = false;
  bool ended_ = false;
  Status status_;
};

class PlainCursor final : public ShapeCursor {
 public:
  PlainCursor(std::unique_ptr<EngineCursor> cursor, std::string_view lower) : ShapeCursor(std::move(cursor), lower) {
    Settle();
  }

 private:
  bool Accept(const StoredKey&) override { return true; }
};

// Versioned and held tables: per row the newest held at or before held_at, of that the newest known at or before bound.
class NewestCursor final : public ShapeCursor {
 public:
  NewestCursor(std::unique_ptr<EngineCursor> cursor, std::string_view lower, Revision bound, Timestamp held_at)
      : ShapeCursor(std::move(cursor), lower), bound_(bound), held_at_(held_at) {
    Settle();
  }

 private:
  void Leave() override {
    if (cursor().Valid()) AdvanceTo(cursor(), VersionsEnd(row().key));
  }

  bool Accept(const StoredKey& stored) override {
    if (stored.held > held_at_) {
      AdvanceTo(cursor(), VersionsBegin(stored.key, held_at_, bound_));
      return false;
    }
    if (stored.revision > bound_) {
      AdvanceTo(cursor(), VersionsBegin(stored.key, stored.held, bound_));
      return false;
    }
    if (cursor().value().empty()) {
      AdvanceTo(cursor(), VersionsEnd(stored.key));
      return false;
    }
    return true;
  }

  const Revision bound_;
  const Timestamp held_at_;
};

class VersionCursor final : public ShapeCursor {
 public:
  VersionCursor(std::unique_ptr<EngineCursor> cursor, std::string_view lower, Revision bound)
      : ShapeCursor(std::move(cursor), lower), bound_(bound) {
    Settle();
  }

 private:
  bool Accept(const StoredKey& stored) override {
    if (stored.revision <= bound_) return true;
    AdvanceTo(cursor(), VersionsBegin(stored.key, stored.held, bound_));
    return false;
  }

  const Revision bound_;
};

class FailedCursor final : public RowCursor {
 public:
  explicit FailedCursor(Status status) : status_(std::move(status)) {}

  bool Valid() const override { return false; }
  const Row& row() const override { return row_; }
  void Next() override { CHECK(false) << "Next on a cursor at its end"; }
  void SkipPrefix(std::string_view) override {}
  Status status() const override { return status_; }

 private:
  const Row row_;
  const Status status_;
};

}  // namespace

void AdvanceTo(EngineCursor& cursor, std::string_view target) {
  // The target may be a view into the key under the cursor.
  const std::string goal(target);
  for (int step = 0; step < kStepsBeforeSeek; ++step) {
    if (!cursor.Valid() || cursor.key() >= goal) return;
    cursor.Next();
  }
  if (cursor.Valid() && cursor.key() < goal) cursor.Seek(goal);
}

std::unique_ptr<RowCursor> NewRowCursor(std::unique_ptr<EngineCursor> cursor, Shape shape, std::string_view lower,
                                        Revision bound, Timestamp held_at) {
  if (shape == Shape::kPlain) return std::make_unique<PlainCursor>(std::move(cursor), lower);
  // A versioned row holds from its commit: its held-at is 0 here and never bounds it.
  if (shape == Shape::kVersioned) held_at = kTimestampMax;
  return std::make_unique<NewestCursor>(std::move(cursor), lower, bound, held_at);
}

std::unique_ptr<RowCursor> NewVersionCursor(std::unique_ptr<EngineCursor> cursor, Shape shape, std::string_view lower,
                                            Revision bound) {
  if (shape == Shape::kPlain) return std::make_unique<PlainCursor>(std::move(cursor), lower);
  return std::make_unique<VersionCursor>(std::move(cursor), lower, bound);
}

std::unique_ptr<RowCursor> NewFailedCursor(Status status) { return std::make_unique<FailedCursor>(std::move(status)); }

}  // namespace cadastre::storage
