#include "search/base_index.h"

#include <xapian.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/mutex.h"
#include "base/status.h"
#include "search/posting_cache.h"

namespace cadastre::search {
namespace {

constexpr char kFormatKey[] = "cadastre-format";
constexpr char kRevisionKey[] = "cadastre-revision";
constexpr Xapian::valueno kValuesSlot = 0;
// Idle readers kept open.
constexpr size_t kReadersMax = 16;

Status StatusOf(const Xapian::Error& error) {
  const std::string kind = error.get_type();
  const std::string text = base::Cat("search base: ", kind, ": ", error.get_msg());
  if (kind == "DatabaseModifiedError") return base::Aborted(text);
  if (kind == "DatabaseCorruptError" || kind == "DatabaseVersionError" || kind == "DatabaseFeatureUnavailableError") {
    return base::DataLoss(text);
  }
  if (kind == "DatabaseNotFoundError" || kind == "DatabaseOpeningError") return base::NotFound(text);
  return base::Unavailable(text);
}

// Runs what may throw.
template <typename Work>
Status Guarded(const Work& work) {
  try {
    work();
    return absl::OkStatus();
  } catch (const Xapian::Error& error) {
    return StatusOf(error);
  }
}

StatusOr<Xapian::docid> DocumentNumber(AssetId id) {
  if (id.value() == 0 || id.value() > 0xFFFFFFFFull) return base::Internal("the search base holds 32-bit asset ids");
  return static_cast<Xapian::docid>(id.value());
}

Xapian::Document MakeDocument(const IndexedDocument& document) {
  Xapian::Document out;
  for (const auto& [term, count] : document.terms) out.add_term(term, count);
  out.add_value(kValuesSlot, document.values.SerializeAsString());
  out.set_data(*document.text);
  return out;
}

class BaseCursor final : public TermCursor {
 public:
  BaseCursor(const Xapian::Database& database, std::string_view prefix, Status* status) : status_(status) {
    Note(Guarded([&] {
      next_ = database.allterms_begin(std::string(prefix));
      end_ = database.allterms_end(std::string(prefix));
    }));
  }

  bool Next() override {
    if (!status_->ok()) return false;
    bool more = false;
    Note(Guarded([&] {
      if (next_ == end_) return;
      term_ = *next_;
      ++next_;
      more = true;
    }));
    return more;
  }
  std::string_view term() const override { return term_; }

 private:
  void Note(const Status& status) { status_->Update(status); }

  Status* status_;
  Xapian::TermIterator next_;
  Xapian::TermIterator end_;
  std::string term_;
};

}  // namespace

struct BaseIndex::Impl {
  struct Reader {
    Xapian::Database database;
    uint64_t generation;
    // Of the state the database shows; null where a newer one is cached already.
    std::shared_ptr<PostingCache> cache;
  };

  explicit Impl(std::string path_in) : path(std::move(path_in)) {}

  const std::string path;
  // Of the writing thread.
  std::optional<Xapian::WritableDatabase> writer;

  base::Mutex mutex;
  Revision revision GUARDED_BY(mutex);
  uint64_t generation GUARDED_BY(mutex) = 1;
  std::vector<std::unique_ptr<Reader>> idle GUARDED_BY(mutex);
  std::shared_ptr<PostingCache> cache GUARDED_BY(mutex);
  Xapian::rev cached_state GUARDED_BY(mutex) = 0;
  // Xapian writes over the pages that only older commits need, so one turn may end a store, and none may begin while an
  // undisturbed one reads.
  base::CondVar turned;
  bool writing GUARDED_BY(mutex) = false;
  size_t undisturbed GUARDED_BY(mutex) = 0;
};

namespace {

// Keeps write turns off while it lives.
template <typename Impl>
class Quiet {
 public:
  explicit Quiet(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {
    base::MutexLock lock(impl_->mutex);
    while (impl_->writing) impl_->turned.Wait(impl_->mutex);
    ++impl_->undisturbed;
  }
  ~Quiet() {
    base::MutexLock lock(impl_->mutex);
    --impl_->undisturbed;
    impl_->turned.NotifyAll();
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  std::shared_ptr<Impl> impl_;
};

// One request's reader, given back when the request ends.
template <typename Impl>
class BaseStore final : public PostingStore {
 public:
  BaseStore(std::shared_ptr<Impl> impl, std::unique_ptr<Quiet<Impl>> quiet,
            std::unique_ptr<typename Impl::Reader> reader)
      : impl_(std::move(impl)), quiet_(std::move(quiet)), reader_(std::move(reader)) {}

  ~BaseStore() override {
    if (!status_.ok()) return;
    base::MutexLock lock(impl_->mutex);
    if (reader_->generation == impl_->generation && impl_->idle.size() < kReadersMax) {
      impl_->idle.push_back(std::move(reader_));
    }
  }

  void ForEach(std::string_view term, Reach reach, Visitor visit) override {
    if (!status_.ok()) return;
    const std::string text(term);
    const std::string key = (reach == Reach::kTerm ? '=' : '>') + text;
    PostingCache* const cache = reader_->cache.get();
    if (cache != nullptr) {
      if (const auto kept = cache->FindPostings(key)) return kept->ForEach(visit);
    }
    CachedPostings read;
    bool whole = true;
    status_.Update(Guarded([&] {
      if (reach == Reach::kTerm) {
        whole = ReadTerm(text, true, read, visit);
        return;
      }
      const Xapian::TermIterator end = reader_->database.allterms_end(text);
      for (Xapian::TermIterator at = reader_->database.allterms_begin(text); whole && at != end; ++at) {
        const std::string one = *at;
        whole = ReadTerm(one, one == text, read, visit);
      }
    }));
    if (status_.ok() && whole && cache != nullptr) cache->KeepPostings(key, std::move(read));
  }

  std::unique_ptr<TermCursor> Terms(std::string_view prefix) override {
    return std::make_unique<BaseCursor>(reader_->database, prefix, &status_);
  }

  void EachNear(std::string_view prefix, const NearWord& word, absl::FunctionRef<bool()> stop,
                absl::FunctionRef<void(std::string_view)> visit) override {
    const std::string beginning = std::string(prefix) + word.first();
    const std::string key = '~' + beginning;
    PostingCache* const cache = reader_->cache.get();
    if (cache != nullptr) {
      if (const auto kept = cache->FindWords(key)) return kept->EachNear(word, visit);
    }
    WordList read;
    BaseCursor cursor(reader_->database, beginning, &status_);
    while (cursor.Next()) {
      if (stop()) return;
      const std::string_view one = cursor.term().substr(prefix.size());
      if (word.IsNear(one, LettersOf(one))) visit(one);
      if (read.bytes() <= kCachedBytesMax) read.Add(one);
    }
    if (status_.ok() && cache != nullptr) cache->KeepWords(key, std::move(read));
  }

  std::shared_ptr<const std::string> TextOf(AssetId id) override {
    const StatusOr<Xapian::docid> number = DocumentNumber(id);
    if (!number.ok() || !status_.ok()) return nullptr;
    try {
      // Who asks found the document among the postings; of another the data is empty.
      const Xapian::Document document = reader_->database.get_document(*number, Xapian::DOC_ASSUME_VALID);
      return std::make_shared<const std::string>(document.get_data());
    } catch (const Xapian::Error& error) {
      status_.Update(StatusOf(error));
      return nullptr;
    }
  }

  Status status() const override { return status_; }

 private:
  // Notes in `read` what it shows, as far as that may be kept; false where `visit` wants no more.
  bool ReadTerm(const std::string& term, bool own, CachedPostings& read, Visitor visit) {
    std::array<Posting, kPostingsAtOnce> some;
    size_t size = 0;
    if (read.bytes() <= kCachedBytesMax) read.Begin(own);
    const Xapian::PostingIterator end = reader_->database.postlist_end(term);
    for (Xapian::PostingIterator at = reader_->database.postlist_begin(term); at != end; ++at) {
      const auto count = static_cast<uint8_t>(std::min<Xapian::termcount>(at.get_wdf(), UINT8_MAX));
      some[size++] = {AssetId(*at), count};
      if (read.bytes() <= kCachedBytesMax) read.Add(*at, count);
      if (size < some.size()) continue;
      if (!visit(own, {some.data(), size})) return false;
      size = 0;
    }
    return size == 0 || visit(own, {some.data(), size});
  }

  std::shared_ptr<Impl> impl_;
  // Null where write turns may disturb it.
  const std::unique_ptr<Quiet<Impl>> quiet_;
  std::unique_ptr<typename Impl::Reader> reader_;
  Status status_;
};

}  // namespace

BaseIndex::BaseIndex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BaseIndex::~BaseIndex() = default;

StatusOr<std::unique_ptr<BaseIndex>> BaseIndex::Open(const std::string& path) {
  auto impl = std::make_unique<Impl>(path);
  std::string format;
  std::string revision;
  RETURN_IF_ERROR(Guarded([&] {
    impl->writer.emplace(path, Xapian::DB_OPEN);
    format = impl->writer->get_metadata(kFormatKey);
    revision = impl->writer->get_metadata(kRevisionKey);
  }));
  if (format != std::to_string(kIndexFormat)) return base::FailedPrecondition("the search base has another format");
  uint64_t number = 0;
  for (const char c : revision) number = number * 10 + static_cast<uint64_t>(c - '0');
  {
    base::MutexLock lock(impl->mutex);
    impl->revision = Revision(number);
  }
  return std::unique_ptr<BaseIndex>(new BaseIndex(std::move(impl)));
}

StatusOr<std::unique_ptr<BaseIndex>> BaseIndex::Create(const std::string& path) {
  auto impl = std::make_unique<Impl>(path);
  RETURN_IF_ERROR(Guarded([&] { impl->writer.emplace(path, Xapian::DB_CREATE_OR_OVERWRITE); }));
  return std::unique_ptr<BaseIndex>(new BaseIndex(std::move(impl)));
}

Revision BaseIndex::revision() const {
  base::MutexLock lock(impl_->mutex);
  return impl_->revision;
}

uint64_t BaseIndex::generation() const {
  base::MutexLock lock(impl_->mutex);
  return impl_->generation;
}

Status BaseIndex::EachValues(const std::function<void(AssetId, const record::SearchValues&)>& each) {
  bool damaged = false;
  RETURN_IF_ERROR(Guarded([&] {
    const auto end = impl_->writer->valuestream_end(kValuesSlot);
    record::SearchValues values;
    for (auto at = impl_->writer->valuestream_begin(kValuesSlot); at != end; ++at) {
      if (!values.ParseFromString(*at)) {
        damaged = true;
        return;
      }
      each(AssetId(at.get_docid()), values);
    }
  }));
  return damaged ? base::DataLoss("search base: values do not decode") : absl::OkStatus();
}

Status BaseIndex::Replace(const IndexedDocument& document) {
  ASSIGN_OR_RETURN(const Xapian::docid number, DocumentNumber(document.id));
  if (!document.gone()) {
    return Guarded([&] { impl_->writer->replace_document(number, MakeDocument(document)); });
  }
  try {
    impl_->writer->delete_document(number);
  } catch (const Xapian::DocNotFoundError&) {
    return absl::OkStatus();
  } catch (const Xapian::Error& error) {
    return StatusOf(error);
  }
  return absl::OkStatus();
}

Status BaseIndex::ReplaceValues(AssetId id, const record::SearchValues& values) {
  ASSIGN_OR_RETURN(const Xapian::docid number, DocumentNumber(id));
  try {
    Xapian::Document document = impl_->writer->get_document(number);
    document.add_value(kValuesSlot, values.SerializeAsString());
    impl_->writer->replace_document(number, document);
  } catch (const Xapian::DocNotFoundError&) {
    return absl::OkStatus();
  } catch (const Xapian::Error& error) {
    return StatusOf(error);
  }
  return absl::OkStatus();
}

Status BaseIndex::Commit(Revision revision) {
  RETURN_IF_ERROR(Guarded([&] {
    impl_->writer->set_metadata(kFormatKey, std::to_string(kIndexFormat));
    impl_->writer->set_metadata(kRevisionKey, std::to_string(revision.value()));
    impl_->writer->commit();
  }));
  std::vector<std::unique_ptr<Impl::Reader>> old;
  base::MutexLock lock(impl_->mutex);
  impl_->revision = revision;
  ++impl_->generation;
  old.swap(impl_->idle);
  return absl::OkStatus();
}

Status BaseIndex::Close() {
  return Guarded([&] {
    if (impl_->writer) impl_->writer->close();
    impl_->writer.reset();
  });
}

BaseIndex::WriteTurn::WriteTurn(BaseIndex& base) : impl_(base.impl_) {
  base::MutexLock lock(impl_->mutex);
  impl_->writing = true;
  while (impl_->undisturbed > 0) impl_->turned.Wait(impl_->mutex);
}

BaseIndex::WriteTurn::~WriteTurn() {
  base::MutexLock lock(impl_->mutex);
  impl_->writing = false;
  impl_->turned.NotifyAll();
}

StatusOr<std::unique_ptr<PostingStore>> BaseIndex::Lease(uint64_t least, bool undisturbed) {
  std::unique_ptr<Quiet<Impl>> quiet;
  if (undisturbed) quiet = std::make_unique<Quiet<Impl>>(impl_);
  std::unique_ptr<Impl::Reader> reader;
  {
    base::MutexLock lock(impl_->mutex);
    if (!impl_->idle.empty() && impl_->idle.back()->generation >= least) {
      reader = std::move(impl_->idle.back());
      impl_->idle.pop_back();
      return std::make_unique<BaseStore<Impl>>(impl_, std::move(quiet), std::move(reader));
    }
    reader = std::make_unique<Impl::Reader>();
    reader->generation = impl_->generation;
  }
  // A commit in between only makes the reader newer than it says; what it reads is kept under the state it shows.
  Xapian::rev state = 0;
  RETURN_IF_ERROR(Guarded([&] {
    reader->database = Xapian::Database(impl_->path);
    state = reader->database.get_revision();
  }));
  {
    base::MutexLock lock(impl_->mutex);
    if (impl_->cache == nullptr || state > impl_->cached_state) {
      impl_->cache = std::make_shared<PostingCache>();
      impl_->cached_state = state;
    }
    if (state == impl_->cached_state) reader->cache = impl_->cache;
  }
  return std::make_unique<BaseStore<Impl>>(impl_, std::move(quiet), std::move(reader));
}

}  // namespace cadastre::search
