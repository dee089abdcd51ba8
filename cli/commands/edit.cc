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

class Set final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("ASSET", &asset_, "kind:namespace#name; made where it does not exist");
    arguments.Positional("ASPECT", &aspect_,
                         R"(JSON such as {"documentation": {"text": "…"}}; - reads it from the input)");
    arguments.Option("--column", &column_, "About this column, such as address.city");
    arguments.Option("--held", &held_, "Since when it holds; now without it");
    arguments.Option("--etag", &etag_, "Only where my present value has this etag");
    arguments.Flag("--withdraw", &withdraw_, "Take my value of this kind back instead");
  }

  absl::Status Run(Session& session) override {
    UpsertAspectsRequest request;
    AspectUpsert* upsert = request.add_upserts();
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, upsert->mutable_asset()));
    for (const std::string& segment : ColumnPath(column_)) upsert->add_column_path(segment);
    std::string json = aspect_;
    if (json == "-") {
      ASSIGN_OR_RETURN(json, ReadAll(session, "ASPECT", "-"));
    }
    RETURN_IF_ERROR(ReadJson("ASPECT", json, upsert->mutable_aspect()));
    if (!held_.empty()) RETURN_IF_ERROR(ReadTime("--held", held_, upsert->mutable_held_at()));
    upsert->set_etag(etag_);
    upsert->set_withdraw(withdraw_);
    return UpsertAndTell(session, request);
  }

 private:
  std::string asset_, aspect_, column_, held_, etag_;
  bool withdraw_ = false;
};

class Describe final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("ASSET", &asset_, "kind:namespace#name");
    arguments.Positional("TEXT", &text_, "The documentation; - reads it from the input, an empty text withdraws mine");
    arguments.Option("--column", &column_, "About this column");
    arguments.Option("--content-type", &content_type_, "A media type such as text/markdown; plain text without it");
  }

  absl::Status Run(Session& session) override {
    UpsertAspectsRequest request;
    AspectUpsert* upsert = request.add_upserts();
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, upsert->mutable_asset()));
    for (const std::string& segment : ColumnPath(column_)) upsert->add_column_path(segment);
    std::string text = text_;
    if (text == "-") {
      ASSIGN_OR_RETURN(text, ReadAll(session, "TEXT", "-"));
    }
    upsert->mutable_aspect()->mutable_documentation()->set_text(text);
    upsert->mutable_aspect()->mutable_documentation()->set_content_type(content_type_);
    upsert->set_withdraw(text.empty());
    return UpsertAndTell(session, request);
  }

 private:
  std::string asset_, text_, column_, content_type_;
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
