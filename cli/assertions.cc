#include "cli/assertions.h"

#include <algorithm>

namespace cadastre::cli {
namespace {

using catalog::v1::Aspect;
using catalog::v1::Classifications;
using catalog::v1::Ownership;
using catalog::v1::Tags;

struct TagWord {
  std::string key, value;
  bool has_value = false;
};

TagWord ParseTag(const std::string& word) {
  const size_t equals = word.find('=');
  if (equals == std::string::npos) return {word, "", false};
  return {word.substr(0, equals), word.substr(equals + 1), true};
}

// A bare key names the tag whatever its value; tags of columns that a source stated on the asset are left alone.
bool Matches(const Tags::Tag& tag, const std::string& word) {
  const TagWord parsed = ParseTag(word);
  return tag.field().empty() && tag.key() == parsed.key && (!parsed.has_value || tag.value() == parsed.value);
}
bool Matches(const Ownership::Owner& owner, const std::string& word) { return owner.owner() == word; }
bool Matches(const Classifications::Classification& one, const std::string& word) { return one.name() == word; }

std::string WordOf(const Tags::Tag& tag) { return tag.value().empty() ? tag.key() : tag.key() + "=" + tag.value(); }
std::string WordOf(const Ownership::Owner& owner) { return owner.owner(); }
std::string WordOf(const Classifications::Classification& one) { return one.name(); }

// Calls `with` with the aspect's own list of this kind.
template <typename With>
auto WithList(AssertionKind kind, Aspect& aspect, const With& with) {
  switch (kind) {
    case AssertionKind::kOwnership: return with(*aspect.mutable_ownership()->mutable_owners());
    case AssertionKind::kClassifications: return with(*aspect.mutable_classifications()->mutable_classifications());
    case AssertionKind::kTags: break;
  }
  return with(*aspect.mutable_tags()->mutable_tags());
}

}  // namespace

std::string KindWord(AssertionKind kind) {
  switch (kind) {
    case AssertionKind::kTags: return "tags";
    case AssertionKind::kOwnership: return "ownership";
    case AssertionKind::kClassifications: return "classifications";
  }
  return "";
}

void Forget(AssertionKind kind, const std::string& word, Aspect& aspect) {
  WithList(kind, aspect, [&](auto& list) {
    list.erase(std::remove_if(list.begin(), list.end(), [&](const auto& one) { return Matches(one, word); }),
               list.end());
  });
}

void Assert(AssertionKind kind, const std::string& word, const std::string& owner_type, bool denied, Aspect& aspect) {
  Forget(kind, word, aspect);
  switch (kind) {
    case AssertionKind::kTags: {
      const TagWord parsed = ParseTag(word);
      Tags::Tag* tag = aspect.mutable_tags()->add_tags();
      tag->set_key(parsed.key);
      tag->set_value(parsed.value);
      tag->set_denied(denied);
      return;
    }
    case AssertionKind::kOwnership: {
      Ownership::Owner* owner = aspect.mutable_ownership()->add_owners();
      owner->set_owner(word);
      owner->set_type(owner_type);
      owner->set_denied(denied);
      return;
    }
    case AssertionKind::kClassifications: {
      Classifications::Classification* one = aspect.mutable_classifications()->add_classifications();
      one->set_name(word);
      one->set_denied(denied);
      return;
    }
  }
}

std::vector<std::string> Asserted(AssertionKind kind, const std::string& word, const Aspect& aspect) {
  Aspect copy = aspect;
  return WithList(kind, copy, [&](const auto& list) {
    std::vector<std::string> words;
    for (const auto& one : list) {
      if (!one.denied() && Matches(one, word)) words.push_back(WordOf(one));
    }
    return words;
  });
}

bool IsEmpty(AssertionKind kind, const Aspect& aspect) {
  Aspect copy = aspect;
  return WithList(kind, copy, [](const auto& list) { return list.empty(); });
}

}  // namespace cadastre::cli
