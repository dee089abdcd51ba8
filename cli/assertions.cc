#include "cli/assertions.h"

#include "base/status.h"
#include "cli/inputs.h"

namespace cadastre::cli {

absl::Status AddWord(AssertionKind kind, const std::string& word, const std::string& owner_type,
                     catalog::v1::Aspect& aspect) {
  switch (kind) {
    case AssertionKind::kTags: {
      catalog::v1::Tags::Tag* tag = aspect.mutable_tags()->add_tags();
      const size_t equals = word.find('=');
      tag->set_key(word.substr(0, equals));
      if (equals != std::string::npos) tag->set_value(word.substr(equals + 1));
      return absl::OkStatus();
    }
    case AssertionKind::kOwnership: {
      catalog::v1::Ownership::Owner* owner = aspect.mutable_ownership()->add_owners();
      owner->set_owner(word);
      owner->set_type(owner_type);
      return absl::OkStatus();
    }
    case AssertionKind::kGlossaryTerms:
      return ReadAsset("TERM", word, aspect.mutable_glossary_terms()->add_terms()->mutable_term());
    case AssertionKind::kClassifications:
      aspect.mutable_classifications()->add_classifications()->set_name(word);
      return absl::OkStatus();
  }
  return base::Internal("a kind of assertion without words");
}

}  // namespace cadastre::cli
