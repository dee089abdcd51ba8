// cadastre set, describe, delete and restore.
#include "base/status.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/writing.h"

namespace cadastre::cli {
namespace {

using catalog::v1::AspectUpsert;
using catalog::v1::UpsertAspectsRequest;

// What must stand, so that an edit overwrites nothing its author has not read.
class Precondition {
 public:
  void Declare(Arguments& arguments) {
    arguments.Option("--etag", &etag_, "Only where the value still has this etag, as get --json tells it");
    arguments.Flag("--absent", &absent_, "Only where there is no value yet");
  }

  absl::Status Fill(AspectUpsert& upsert) const {
    if (!etag_.empty() && absent_) return base::InvalidField("--absent", "without --etag");
    if (!etag_.empty()) upsert.set_etag(etag_);
    if (absent_) upsert.set_absent(true);
    return absl::OkStatus();
  }

 private:
  std::string etag_;
  bool absent_ = false;
};

class Set final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("ASSET", &asset_, "kind:namespace#name; made where it does not exist");
    arguments.Positional("ASPECT", &aspect_,
                         R"(JSON such as {"documentation": {"text": "…"}}; - reads it from the input)");
    arguments.Option("--column", &column_, "About this column, such as address.city");
    arguments.Flag("--new-column", &new_column_, "Also where the asset has no such column yet");
    arguments.Option("--held", &held_, "Since when it holds; now without it");
    precondition_.Declare(arguments);
    arguments.Flag("--withdraw", &withdraw_, "Take my value of this kind back instead");
  }

  absl::Status Run(Session& session) override {
    UpsertAspectsRequest request;
    AspectUpsert* upsert = request.add_upserts();
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, upsert->mutable_asset()));
    for (const std::string& segment : ColumnPath(column_)) upsert->mutable_column()->add_path(segment);
    std::string json = aspect_;
    if (json == "-") {
      ASSIGN_OR_RETURN(json, ReadAll(session, "ASPECT", "-"));
    }
    RETURN_IF_ERROR(ReadJson("ASPECT", json, upsert->mutable_aspect()));
    if (!held_.empty()) RETURN_IF_ERROR(ReadTime("--held", held_, upsert->mutable_held_at()));
    RETURN_IF_ERROR(precondition_.Fill(*upsert));
    upsert->set_withdraw(withdraw_);
    request.set_allow_unknown_columns(new_column_);
    return UpsertAndTell(session, request);
  }

 private:
  std::string asset_, aspect_, column_, held_;
  Precondition precondition_;
  bool withdraw_ = false;
  bool new_column_ = false;
};

class Describe final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("ASSET", &asset_, "kind:namespace#name");
    arguments.Positional("TEXT", &text_, "The documentation; - reads it from the input, an empty text withdraws mine");
    arguments.Option("--column", &column_, "About this column");
    arguments.Flag("--new-column", &new_column_, "Also where the asset has no such column yet");
    arguments.Option("--content-type", &content_type_, "A media type such as text/markdown; plain text without it");
    precondition_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    UpsertAspectsRequest request;
    AspectUpsert* upsert = request.add_upserts();
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, upsert->mutable_asset()));
    for (const std::string& segment : ColumnPath(column_)) upsert->mutable_column()->add_path(segment);
    std::string text = text_;
    if (text == "-") {
      ASSIGN_OR_RETURN(text, ReadAll(session, "TEXT", "-"));
    }
    upsert->mutable_aspect()->mutable_documentation()->set_text(text);
    upsert->mutable_aspect()->mutable_documentation()->set_content_type(content_type_);
    RETURN_IF_ERROR(precondition_.Fill(*upsert));
    upsert->set_withdraw(text.empty());
    request.set_allow_unknown_columns(new_column_);
    return UpsertAndTell(session, request);
  }

 private:
  std::string asset_, text_, column_, content_type_;
  Precondition precondition_;
  bool new_column_ = false;
};

template <typename Request, typename Response>
class OneAssetWrite final : public Command {
 public:
  OneAssetWrite(const char* method, const char* done) : method_(method), done_(done) {}

  void Declare(Arguments& arguments) override { arguments.Positional("ASSET", &asset_, "kind:namespace#name"); }

  absl::Status Run(Session& session) override {
    Request request;
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, request.mutable_asset()));
    ASSIGN_OR_RETURN(const Response answer, Ask<Response>(session, method_, request));
    return TellWritten(session, answer, done_);
  }

 private:
  const char* method_;
  const char* done_;
  std::string asset_;
};

}  // namespace

std::unique_ptr<Command> MakeSet() { return std::make_unique<Set>(); }
std::unique_ptr<Command> MakeDescribe() { return std::make_unique<Describe>(); }
std::unique_ptr<Command> MakeDelete() {
  using Delete = OneAssetWrite<catalog::v1::DeleteAssetRequest, catalog::v1::DeleteAssetResponse>;
  return std::make_unique<Delete>("cadastre.catalog.v1.CatalogService/DeleteAsset", "deleted");
}
std::unique_ptr<Command> MakeRestore() {
  using Restore = OneAssetWrite<catalog::v1::RestoreAssetRequest, catalog::v1::RestoreAssetResponse>;
  return std::make_unique<Restore>("cadastre.catalog.v1.CatalogService/RestoreAsset", "restored");
}

}  // namespace cadastre::cli
