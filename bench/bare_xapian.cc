#include "bench/bare_xapian.h"

#include <xapian.h>

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace cadastre::bench {
namespace {

// The documents a viewer sees, as a list of postings.
class BitmapSource final : public Xapian::PostingSource {
 public:
  explicit BitmapSource(const std::vector<uint64_t>* bits) : bits_(bits) {
    for (const uint64_t word : *bits_) count_ += static_cast<Xapian::doccount>(__builtin_popcountll(word));
  }

  Xapian::doccount get_termfreq_min() const override { return count_; }
  Xapian::doccount get_termfreq_est() const override { return count_; }
  Xapian::doccount get_termfreq_max() const override { return count_; }
  Xapian::docid get_docid() const override { return at_; }
  void next(double) override { Seek(at_ + 1); }
  void skip_to(Xapian::docid document, double) override {
    if (document > at_) Seek(document);
  }
  bool check(Xapian::docid document, double) override {
    at_ = document;
    return document / 64 < bits_->size() && ((*bits_)[document / 64] >> (document % 64) & 1) != 0;
  }
  bool at_end() const override { return at_ / 64 >= bits_->size(); }
  void init(const Xapian::Database&) override { at_ = 0; }

 private:
  void Seek(Xapian::docid document) {
    size_t word = document / 64;
    if (word >= bits_->size()) return End();
    uint64_t rest = (*bits_)[word] >> (document % 64) << (document % 64);
    while (rest == 0) {
      if (++word >= bits_->size()) return End();
      rest = (*bits_)[word];
    }
    at_ = static_cast<Xapian::docid>(word * 64 + static_cast<size_t>(__builtin_ctzll(rest)));
  }
  void End() { at_ = static_cast<Xapian::docid>(bits_->size() * 64); }

  const std::vector<uint64_t>* bits_;
  Xapian::doccount count_ = 0;
  Xapian::docid at_ = 0;
};

class FacetSpy final : public Xapian::MatchSpy {
 public:
  explicit FacetSpy(const BareXapian::Columns* columns) : columns_(columns) {
    for (size_t i = 0; i < BareXapian::kFacets; ++i) counts_[i].resize(columns_->values_end[i]);
  }

  void operator()(const Xapian::Document& document, double) override {
    const Xapian::docid number = document.get_docid();
    for (size_t i = 0; i < BareXapian::kFacets; ++i) ++counts_[i][columns_->values[i][number]];
  }

  uint64_t values() const {
    uint64_t found = 0;
    for (const auto& counts : counts_) {
      found += static_cast<uint64_t>(std::count_if(counts.begin(), counts.end(), [](uint32_t n) { return n > 0; }));
    }
    return found;
  }

 private:
  const BareXapian::Columns* columns_;
  std::vector<uint32_t> counts_[BareXapian::kFacets];
};

}  // namespace

struct BareXapian::Impl {
  Xapian::Database database;
  Columns columns;
  std::unique_ptr<BitmapSource> visible;
};

BareXapian::BareXapian(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BareXapian::~BareXapian() = default;

StatusOr<std::unique_ptr<BareXapian>> BareXapian::Open(const std::string& path, Columns columns) {
  auto impl = std::make_unique<Impl>();
  impl->columns = std::move(columns);
  impl->visible = std::make_unique<BitmapSource>(&impl->columns.visible);
  try {
    impl->database = Xapian::Database(path);
    for (auto& values : impl->columns.values) values.resize(size_t{impl->database.get_lastdocid()} + 1);
  } catch (const Xapian::Error& error) {
    return base::Unavailable("bare Xapian: ", error.get_msg());
  }
  return std::unique_ptr<BareXapian>(new BareXapian(std::move(impl)));
}

StatusOr<BareXapian::Page> BareXapian::Find(const std::vector<std::vector<std::string>>& words, bool all, Way way) {
  try {
    std::vector<Xapian::Query> parts;
    for (const std::vector<std::string>& terms : words) {
      parts.emplace_back(Xapian::Query::OP_OR, terms.begin(), terms.end());
    }
    const Xapian::Query sought(all ? Xapian::Query::OP_AND : Xapian::Query::OP_OR, parts.begin(), parts.end());
    const Xapian::Query query(Xapian::Query::OP_FILTER, sought, Xapian::Query(impl_->visible.get()));
    const Xapian::doccount everything = impl_->database.get_doccount();
    FacetSpy spy(&impl_->columns);
    Xapian::Enquire enquire(impl_->database);
    enquire.set_query(query);
    if (way == Way::kWithin) enquire.add_matchspy(&spy);
    const Xapian::MSet top = enquire.get_mset(0, kHits, way == Way::kWithin ? everything : kHits);
    Page page;
    page.total = top.get_matches_estimated();
    if (way == Way::kApart) {
      Xapian::Enquire counting(impl_->database);
      counting.set_query(query);
      counting.set_weighting_scheme(Xapian::BoolWeight());
      counting.add_matchspy(&spy);
      page.total = counting.get_mset(0, 0, everything).get_matches_estimated();
    }
    for (auto hit = top.begin(); hit != top.end(); ++hit) page.text_bytes += hit.get_document().get_data().size();
    page.facet_values = spy.values();
    return page;
  } catch (const Xapian::Error& error) {
    return base::Unavailable("bare Xapian: ", error.get_msg());
  }
}

}  // namespace cadastre::bench
