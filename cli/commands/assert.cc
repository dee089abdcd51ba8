// cadastre tag, untag, own, disown, term, unterm, classify and declassify.
#include <utility>

#include "base/status.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cli/assertions.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/writing.h"

namespace cadastre::cli {
namespace {

using catalog::v1::AspectUpsert;

class ChangeAssertions final : public Command {
 public:
  ChangeAssertions(AssertionKind kind, bool add, const char* name, const char* help)
      : kind_(kind), add_(add), name_(name), help_(help) {}

  void Declare(Arguments& arguments) override {
    arguments.Positional("ASSET", &asset_, "kind:namespace#name");
    arguments.Positionals(name_, &words_, help_);
    arguments.Option("--column", &column_, "About this column");
    // To take a word from a column that is not there is to find none.
    if (add_) arguments.Flag("--new-column", &new_column_, "Also where the asset has no such column yet");
    if (kind_ != AssertionKind::kOwnership) return;
    if (add_) owner_type_ = "OWNER";
    arguments.Option(
        "--type", &owner_type_,
        add_ ? "For example OWNER, STEWARD, DEVELOPER; OWNER without it" : "This type alone; any without it");
  }

  absl::Status Run(Session& session) override {
    catalog::v1::UpsertAspectsRequest request;
    AspectUpsert* upsert = request.add_upserts();
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, upsert->mutable_asset()));
    for (const std::string& segment : ColumnPath(column_)) upsert->mutable_column()->add_path(segment);
    for (const std::string& word : words_) {
      RETURN_IF_ERROR(AddWord(kind_, word, owner_type_, *upsert->mutable_aspect()));
    }
    upsert->set_change(add_ ? AspectUpsert::CHANGE_ADD : AspectUpsert::CHANGE_REMOVE);
    request.set_allow_unknown_columns(new_column_);
    return UpsertAndTell(session, request);
  }

 private:
  const AssertionKind kind_;
  const bool add_;
  const char* name_;
  const char* help_;
  std::string asset_, column_, owner_type_;
  std::vector<std::string> words_;
  bool new_column_ = false;
};

std::unique_ptr<Command> Make(AssertionKind kind, bool add, const char* name, const char* help) {
  return std::make_unique<ChangeAssertions>(kind, add, name, help);
}

}  // namespace

std::unique_ptr<Command> MakeTag() { return Make(AssertionKind::kTags, true, "TAG", "key or key=value"); }
std::unique_ptr<Command> MakeUntag() {
  return Make(AssertionKind::kTags, false, "TAG", "key=value, or key for any value");
}
std::unique_ptr<Command> MakeOwn() {
  return Make(AssertionKind::kOwnership, true, "OWNER", "A principal id or a name");
}
std::unique_ptr<Command> MakeDisown() {
  return Make(AssertionKind::kOwnership, false, "OWNER", "A principal id or a name");
}
std::unique_ptr<Command> MakeTerm() {
  return Make(AssertionKind::kGlossaryTerms, true, "TERM", "A term of a glossary: glossary_term:namespace#name");
}
std::unique_ptr<Command> MakeUnterm() {
  return Make(AssertionKind::kGlossaryTerms, false, "TERM", "A term of a glossary: glossary_term:namespace#name");
}
std::unique_ptr<Command> MakeClassify() {
  return Make(AssertionKind::kClassifications, true, "CLASS", "A class of sensitive data such as pii");
}
std::unique_ptr<Command> MakeDeclassify() {
  return Make(AssertionKind::kClassifications, false, "CLASS", "A class of sensitive data such as pii");
}

}  // namespace cadastre::cli
