// cadastre tag, untag, own, disown, classify and declassify.
#include <algorithm>
#include <utility>

#include "base/status.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cli/aspect_text.h"
#include "cli/assertions.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/writing.h"

namespace cadastre::cli {
namespace {

using catalog::v1::Aspect;
using catalog::v1::AspectUpsert;
using catalog::v1::AssetRef;

// Pages of history looked through for the caller's own statement.
constexpr int kHistoryPagesMax = 20;
constexpr int kHistoryPageRows = 1000;

// What the server calls the tool of those who edit through its API: people, and service accounts.
bool IsByHand(const std::string& tool) { return tool == "person" || tool == "api"; }

class ChangeAssertions final : public Command {
 public:
  ChangeAssertions(AssertionKind kind, bool add, const char* name, const char* help)
      : kind_(kind), add_(add), name_(name), help_(help) {}

  void Declare(Arguments& arguments) override {
    arguments.Positional("ASSET", &asset_text_, "kind:namespace#name");
    arguments.Positionals(name_, &words_, help_);
    arguments.Option("--column", &column_, "About this column");
    if (kind_ == AssertionKind::kOwnership && add_) {
      arguments.Option("--type", &owner_type_, "For example OWNER, STEWARD, DEVELOPER; OWNER without it");
    }
  }

  absl::Status Run(Session& session) override {
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_text_, &asset_));
    path_ = ColumnPath(column_);
    Aspect mine;
    RETURN_IF_ERROR(FindMine(session, mine));
    for (const std::string& word : words_) {
      if (add_) {
        Assert(kind_, word, owner_type_, false, mine);
      } else {
        Forget(kind_, word, mine);
      }
    }
    if (add_) return UpsertAndTell(session, RequestOf(mine));
    return TakeAway(session, mine);
  }

 private:
  // What I no longer assert may still be asserted by others: only then is it denied, since a denial stays.
  absl::Status TakeAway(Session& session, Aspect& mine) {
    std::vector<std::string> left;
    RETURN_IF_ERROR(FindLeft(session, left));
    if (left.empty()) return base::NotFound(KindWord(kind_), ": none of these is stated");
    catalog::v1::UpsertAspectsRequest request = RequestOf(mine);
    Session quiet = session;
    if (had_mine_) {
      ASSIGN_OR_RETURN(const auto answer, Ask<catalog::v1::UpsertAspectsResponse>(
                                              session, "cadastre.catalog.v1.CatalogService/UpsertAspects", request));
      quiet.min_revision = answer.revision();
      RETURN_IF_ERROR(FindLeft(quiet, left));
      if (left.empty()) return TellWritten(session, answer, "written");
    }
    for (const std::string& word : left) Assert(kind_, word, "", true, mine);
    return UpsertAndTell(session, RequestOf(mine));
  }

  catalog::v1::UpsertAspectsRequest RequestOf(const Aspect& mine) const {
    catalog::v1::UpsertAspectsRequest request;
    AspectUpsert* upsert = request.add_upserts();
    *upsert->mutable_asset() = asset_;
    for (const std::string& segment : path_) upsert->add_column_path(segment);
    *upsert->mutable_aspect() = mine;
    if (IsEmpty(kind_, mine)) {
      // An empty list is still a statement; taking the last word away takes the statement back.
      upsert->set_withdraw(true);
    }
    return request;
  }

  // The newest statement of this kind that the caller made through the API.
  absl::Status FindMine(Session& session, Aspect& mine) {
    ASSIGN_OR_RETURN(const auto me, Ask<authz::v1::WhoAmIResponse>(session, "cadastre.authz.v1.AuthzService/WhoAmI",
                                                                   authz::v1::WhoAmIRequest()));
    catalog::v1::GetHistoryRequest request;
    *request.mutable_asset() = asset_;
    request.set_page_size(kHistoryPageRows);
    for (int page = 0; page < kHistoryPagesMax; ++page) {
      const auto answer =
          Ask<catalog::v1::GetHistoryResponse>(session, "cadastre.catalog.v1.CatalogService/GetHistory", request);
      // Tagging may be the first that is said of an asset.
      if (add_ && absl::IsNotFound(answer.status())) return absl::OkStatus();
      if (!answer.ok()) return answer.status();
      for (const catalog::v1::HistoryEntry& entry : answer->entries()) {
        if (entry.kind() != KindWord(kind_) || entry.source().principal() != me.principal().id()) continue;
        if (!IsByHand(entry.source().tool()) || !SamePath(entry.column_path())) continue;
        mine = entry.aspect();
        had_mine_ = entry.has_aspect();
        return absl::OkStatus();
      }
      if (answer->next_page_token().empty()) return absl::OkStatus();
      request.set_page_token(answer->next_page_token());
    }
    return base::OutOfRange("ASSET: its history is too long to find what you stated last; use set");
  }

  // What of the words the asset carries for all to see, each in full.
  absl::Status FindLeft(Session& session, std::vector<std::string>& left) const {
    left.clear();
    catalog::v1::GetAssetRequest request;
    *request.mutable_asset() = asset_;
    ASSIGN_OR_RETURN(const auto answer, Ask<catalog::v1::GetAssetResponse>(
                                            session, "cadastre.catalog.v1.CatalogService/GetAsset", request));
    const auto look = [&](const auto& values) {
      for (const catalog::v1::AspectValue& value : values) {
        if (AspectKind(value.aspect()) != KindWord(kind_)) continue;
        for (const std::string& word : words_) {
          for (std::string& one : Asserted(kind_, word, value.aspect())) left.push_back(std::move(one));
        }
      }
    };
    if (path_.empty()) {
      look(answer.asset().business());
      return absl::OkStatus();
    }
    for (const catalog::v1::Column& column : answer.asset().columns()) {
      if (SamePath(column.path())) look(column.aspects());
    }
    return absl::OkStatus();
  }

  bool SamePath(const google::protobuf::RepeatedPtrField<std::string>& path) const {
    return std::equal(path.begin(), path.end(), path_.begin(), path_.end());
  }

  const AssertionKind kind_;
  const bool add_;
  const char* name_;
  const char* help_;
  std::string asset_text_, column_, owner_type_ = "OWNER";
  std::vector<std::string> words_;
  AssetRef asset_;
  std::vector<std::string> path_;
  bool had_mine_ = false;
};

std::unique_ptr<Command> Make(AssertionKind kind, bool add, const char* name, const char* help) {
  return std::make_unique<ChangeAssertions>(kind, add, name, help);
}

}  // namespace

std::unique_ptr<Command> MakeTag() { return Make(AssertionKind::kTags, true, "TAG", "key or key=value"); }
std::unique_ptr<Command> MakeUntag() { return Make(AssertionKind::kTags, false, "TAG", "key or key=value"); }
std::unique_ptr<Command> MakeOwn() {
  return Make(AssertionKind::kOwnership, true, "OWNER", "A principal id or a name");
}
std::unique_ptr<Command> MakeDisown() {
  return Make(AssertionKind::kOwnership, false, "OWNER", "A principal id or a name");
}
std::unique_ptr<Command> MakeClassify() {
  return Make(AssertionKind::kClassifications, true, "CLASS", "A class of sensitive data such as pii");
}
std::unique_ptr<Command> MakeDeclassify() {
  return Make(AssertionKind::kClassifications, false, "CLASS", "A class of sensitive data such as pii");
}

}  // namespace cadastre::cli
