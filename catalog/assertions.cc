#include "catalog/assertions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "catalog/assertion_lists.h"

namespace cadastre::catalog {
namespace {

bool Means(const v1::Ownership::Owner& removed, const v1::Ownership::Owner& entry) {
  return removed.owner() == entry.owner() && (removed.type().empty() || removed.type() == entry.type());
}
bool Means(const v1::Tags::Tag& removed, const v1::Tags::Tag& entry) {
  return removed.key() == entry.key() && removed.field() == entry.field() &&
         (removed.value().empty() || removed.value() == entry.value());
}
bool Means(const v1::GlossaryTerms::Term& removed, const v1::GlossaryTerms::Term& entry) {
  return EntryKey(removed) == EntryKey(entry);
}
bool Means(const v1::Classifications::Classification& removed, const v1::Classifications::Classification& entry) {
  return removed.name() == entry.name();
}

// Calls `with` with the function that gives the value of this kind in any aspect.
template <typename With>
void WithKind(v1::Aspect::ValueCase kind, const With& with) {
  switch (kind) {
    case v1::Aspect::kOwnership: return with([](v1::Aspect& a) { return a.mutable_ownership(); });
    case v1::Aspect::kTags: return with([](v1::Aspect& a) { return a.mutable_tags(); });
    case v1::Aspect::kGlossaryTerms: return with([](v1::Aspect& a) { return a.mutable_glossary_terms(); });
    case v1::Aspect::kClassifications: return with([](v1::Aspect& a) { return a.mutable_classifications(); });
    default: return;
  }
}

}  // namespace

bool IsAssertions(const v1::Aspect& aspect) {
  bool known = false;
  WithKind(aspect.value_case(), [&](auto) { known = true; });
  return known;
}

int AssertionCount(const v1::Aspect& aspect) {
  int count = 0;
  WithKind(aspect.value_case(), [&](auto get) {
    v1::Aspect copy = aspect;
    count = ListOf(get(copy))->size();
  });
  return count;
}

void AddAssertions(const v1::Aspect& added, v1::Aspect& to) {
  WithKind(added.value_case(), [&](auto get) {
    v1::Aspect copy = added;
    auto* list = ListOf(get(to));
    auto* fresh = ListOf(get(copy));
    std::set<std::string> keys;
    for (const auto& entry : *fresh) keys.insert(EntryKey(entry));
    list->erase(
        std::remove_if(list->begin(), list->end(), [&](const auto& one) { return keys.contains(EntryKey(one)); }),
        list->end());
    // Of two that say the same the later stands.
    for (int i = fresh->size() - 1; i >= 0; --i) {
      if (keys.erase(EntryKey(fresh->Get(i))) == 0) fresh->DeleteSubrange(i, 1);
    }
    for (auto& entry : *fresh) *list->Add() = std::move(entry);
  });
}

void RemoveAssertions(const v1::Aspect& removed, v1::Aspect& from, v1::Aspect& taken) {
  WithKind(removed.value_case(), [&](auto get) {
    v1::Aspect copy = removed;
    const auto& wanted = *ListOf(get(copy));
    auto* list = ListOf(get(from));
    auto* out = ListOf(get(taken));
    const auto is_meant = [&](const auto& entry) {
      return std::any_of(wanted.begin(), wanted.end(), [&](const auto& one) { return Means(one, entry); });
    };
    for (const auto& entry : *list) {
      if (is_meant(entry) && !entry.denied()) *out->Add() = entry;
    }
    list->erase(std::remove_if(list->begin(), list->end(), is_meant), list->end());
  });
}

void DenyAll(v1::Aspect& aspect) {
  WithKind(aspect.value_case(), [&](auto get) {
    for (auto& entry : *ListOf(get(aspect))) entry.set_denied(true);
  });
}

}  // namespace cadastre::catalog
