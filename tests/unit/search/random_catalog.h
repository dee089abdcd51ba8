// Random documents, labels and queries for model tests; and the same catalog without what one viewer may not see.
//
// The viewer's rights hang on the environment: `hidden` opens nothing; `browse`, `read`, `code`, `usage` one thing more
// each; `pii` also columns of class pii, `all` every column.
#pragma once

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "search/terms.h"
#include "tests/unit/search/search_world.h"

namespace cadastre::search {

inline const std::vector<std::string> kEnvironments = {"hidden", "hidden", "hidden", "browse", "read",
                                                       "code",   "usage",  "pii",    "all"};

struct Spec {
  SearchDocument document;
  record::Labels labels;
  std::vector<size_t> terms;  // of specs
  std::optional<size_t> domain;
};

class RandomCatalog {
 public:
  RandomCatalog(uint64_t seed, size_t assets) : random_(seed) {
    for (size_t i = 0; i < assets; ++i) specs.push_back(NewSpec(i));
  }

  size_t Pick(size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random_); }
  bool Chance(size_t of) { return Pick(of) == 0; }
  const std::string& Word() {
    static const std::vector<std::string> kWords = {"orders", "order",   "customer", "customers", "payment",
                                                    "daily",  "revenue", "invoice",  "ledger",    "매출",
                                                    "고객",   "일별",    "주문",     "report2024"};
    return kWords[Pick(kWords.size())];
  }
  std::string Words(size_t most) {
    std::string text = Word();
    for (size_t i = Pick(most); i > 0; --i) text += (Chance(3) ? "_" : " ") + Word();
    return text;
  }
  // Fresh words for an asset already there, under its name.
  void Rewrite(size_t index) {
    const AssetName name = specs[index].document.name;
    Spec fresh = NewSpec(index);
    fresh.document.name = name;
    fresh.labels = specs[index].labels;
    fresh.domain = specs[index].domain;
    specs[index].document = fresh.document;
    specs[index].terms = fresh.terms;
    LabelColumns(specs[index]);
  }
  std::string Query() {
    switch (Pick(12)) {
      case 0: return "";
      case 1: return "\"" + Word() + " " + Word() + "\"";
      case 2: return Word() + " -" + Word();
      case 3: return "column:" + Word();
      case 4: return "tag:" + Word() + " " + Word();
      case 5: return Word() + " OR " + Word();
      case 6: return Word().substr(0, 6) + "xs";
      case 7: return "term:" + Word();
      case 8: return "class:pii -owner:" + Word();
      case 9: return "-" + Word() + " kind:dataset";
      case 10: return Word() + " " + Word();
      default: return Word();
    }
  }

  std::vector<Spec> specs;

 private:
  Spec NewSpec(size_t index) {
    Spec spec;
    SearchDocument& document = spec.document;
    const AssetKind kind = index % 8 == 0   ? AssetKind::kGlossaryTerm
                           : index % 8 == 1 ? AssetKind::kDomain
                                            : AssetKind::kDataset;
    document.name = {kind, "ns" + std::to_string(Pick(3)),
                     Words(3) + "." + Word() + (Chance(2) ? std::to_string(index) : "")};
    document.platform = Chance(2) ? "postgres" : "kafka";
    document.type = Chance(2) ? "view" : "";
    if (Chance(2)) document.title = Words(3);
    if (Chance(2)) document.description = Words(8);
    if (Chance(4)) document.code = "select " + Words(4);
    if (Chance(3)) document.certification = Chance(2) ? "gold" : "silver";
    document.deprecated = Chance(6);
    document.usage = Pick(3);
    document.updated = Timestamp(static_cast<int64_t>(Pick(5)));
    const std::string environment = kEnvironments[Pick(kEnvironments.size())];
    spec.labels.set_environment(environment);
    for (size_t i = Pick(3); i > 0; --i) document.tags.push_back(Word());
    for (size_t i = Pick(2); i > 0; --i) document.owners.push_back(Word());
    for (const std::string& tag : std::set<std::string>(document.tags.begin(), document.tags.end()))
      spec.labels.add_tags(tag);
    for (const std::string& owner : document.owners) spec.labels.add_owners(owner);
    for (size_t i = Pick(4); i > 0; --i) {
      SearchColumn column{Word() + std::to_string(i), Chance(2) ? Word() : "", {}};
      if (Chance(3)) column.classes = Chance(2) ? ClassSet{"pii"} : ClassSet{"pii", "secret"};
      document.columns.push_back(column);
    }
    LabelColumns(spec);
    if (index >= 8 && Chance(2)) spec.terms.push_back(Pick(index / 8) * 8);
    if (index >= 8 && Chance(2)) spec.domain = Pick(index / 8) * 8 + 1;
    return spec;
  }

  static void LabelColumns(Spec& spec) {
    spec.labels.clear_columns();
    uint32_t number = 0;
    for (const SearchColumn& column : spec.document.columns) {
      ++number;
      if (column.classes.empty()) continue;
      record::ColumnLabels* labels = spec.labels.add_columns();
      labels->set_column(number);
      labels->add_path(column.path);
      for (const std::string& one : column.classes) labels->add_classifications(one);
    }
  }

  std::mt19937_64 random_;
};

// Adds the person `viewer`, whose rights are those the environments say.
inline std::string AddViewer(GovernedWorld& world) {
  std::vector<record::Grant> grants;
  const auto allow = [&](const std::string& environment, const std::vector<Privilege>& privileges,
                         const std::string& classification = "") {
    record::Scope scope;
    scope.set_environment(environment);
    scope.set_classification(classification);
    grants.push_back(GovernedWorld::Allow(privileges, scope));
  };
  allow("browse", {Privilege::kBrowse});
  allow("read", {Privilege::kBrowse, Privilege::kRead});
  allow("code", {Privilege::kBrowse, Privilege::kRead, Privilege::kReadCode});
  allow("usage", {Privilege::kBrowse, Privilege::kRead, Privilege::kReadOperations});
  allow("pii", {Privilege::kBrowse, Privilege::kRead});
  allow("pii", {Privilege::kReadColumns}, "pii");
  allow("all", {Privilege::kBrowse, Privilege::kRead, Privilege::kReadCode, Privilege::kReadColumns});
  return world.AddPerson("viewer", grants);
}

inline bool Sees(const Spec& spec) { return spec.labels.environment() != "hidden"; }

// The spec as it would be if there were nothing in it the viewer may not see.
inline Spec Reduced(const std::vector<Spec>& all, Spec spec) {
  const std::string environment = spec.labels.environment();
  SearchDocument& document = spec.document;
  if (environment != "usage") document.usage = 0;
  bool all_columns = true;
  if (environment != "all") {
    std::erase_if(document.columns, [&](const SearchColumn& column) {
      const bool hidden = !column.classes.empty() && !(environment == "pii" && column.classes == ClassSet{"pii"});
      all_columns = all_columns && !hidden;
      return hidden;
    });
  }
  if ((environment != "code" && environment != "all") || !all_columns) document.code.clear();
  std::erase_if(spec.terms, [&](size_t term) { return !Sees(all[term]); });
  if (spec.domain && !Sees(all[*spec.domain])) spec.domain.reset();
  if (environment == "browse") {
    const SearchDocument whole = document;
    document = {};
    document.name = whole.name;
    document.platform = whole.platform;
    document.type = whole.type;
    spec.terms.clear();
    spec.domain.reset();
    spec.labels.Clear();
    spec.labels.set_environment(environment);
  }
  spec.labels.clear_columns();
  uint32_t number = 0;
  for (const SearchColumn& column : document.columns) {
    if (column.classes.empty()) continue;
    record::ColumnLabels* labels = spec.labels.add_columns();
    labels->set_column(++number);
    labels->add_path(column.path);
    for (const std::string& one : column.classes) labels->add_classifications(one);
  }
  return spec;
}

// A catalog in a world, or what the viewer sees of it.
class Planted {
 public:
  Planted(SearchWorld* world, bool reduced) : world_(world), reduced_(reduced) {}

  // Adds it, or writes it anew.
  void Put(const std::vector<Spec>& all, size_t index) {
    if (reduced_ && !Sees(all[index])) return;
    Spec spec = reduced_ ? Reduced(all, all[index]) : all[index];
    for (const size_t term : spec.terms) {
      if (ids_.contains(term)) spec.document.terms.push_back(ids_[term]);
    }
    if (spec.domain && ids_.contains(*spec.domain)) spec.labels.set_domain(ids_[*spec.domain].value());
    ids_[index] = world_->Add(spec.document, spec.labels);
  }

 private:
  SearchWorld* world_;
  bool reduced_;
  std::map<size_t, AssetId> ids_;
};

inline FindRequest RandomRequest(RandomCatalog& catalog) {
  FindRequest request;
  request.query = catalog.Query();
  request.facets = {"kind",   "type", "platform", "namespace",      "environment",
                    "domain", "tag",  "owner",    "classification", "certification"};
  request.page_size = 1 + catalog.Pick(12);
  request.explain = catalog.Chance(2);
  request.order_by = catalog.Chance(4) ? "name" : catalog.Chance(4) ? "updated" : "";
  if (catalog.Chance(5)) request.filters.push_back({"platform", {"kafka"}});
  if (catalog.Chance(6)) request.filters.push_back({"tag", {catalog.Word(), catalog.Word()}});
  return request;
}

}  // namespace cadastre::search
