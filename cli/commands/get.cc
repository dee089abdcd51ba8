// cadastre get and cadastre columns.
#include <set>

#include "base/status.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cli/aspect_text.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/table.h"
#include "cli/text_width.h"

namespace cadastre::cli {
namespace {

using catalog::v1::AspectValue;
using catalog::v1::Asset;
using catalog::v1::Column;
using catalog::v1::GetAssetRequest;
using catalog::v1::GetAssetResponse;
using google::protobuf::RepeatedPtrField;

// One request serves both commands: they differ in what they show.
class AssetArguments {
 public:
  void Declare(Arguments& arguments) {
    arguments.Positional("ASSET", &asset_, "kind:namespace#name");
    arguments.Option("--held,--as-of-held", &held_, "As it held at this time (RFC 3339 or a date)");
    arguments.Option("--known,--as-of-known", &known_, "As the server knew it at this time or revision token");
    arguments.Flag("--deleted", &deleted_, "Also where it is deleted");
  }

  absl::StatusOr<GetAssetResponse> Ask(Session& session) const {
    GetAssetRequest request;
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, request.mutable_asset()));
    if (!held_.empty() || !known_.empty()) RETURN_IF_ERROR(ReadAsOf(held_, known_, request.mutable_as_of()));
    request.set_include_deleted(deleted_);
    return cli::Ask<GetAssetResponse>(session, "cadastre.catalog.v1.CatalogService/GetAsset", request);
  }

 private:
  std::string asset_, held_, known_;
  bool deleted_ = false;
};

// The value of one kind among the column's aspects; empty without one.
std::string ColumnFact(const Column& column, std::string_view kind) {
  for (const AspectValue& value : column.aspects()) {
    if (AspectKind(value.aspect()) == kind) return AspectText(value.aspect());
  }
  return "";
}

void PrintColumns(const Screen& screen, const RepeatedPtrField<Column>& columns) {
  Table table({">#", "COLUMN", "TYPE", "NULL", "KEY", "CLASSES", "DESCRIPTION"});
  for (const Column& column : columns) {
    const std::string nullable = !column.has_nullable() ? "" : column.nullable() ? "yes" : "no";
    table.Add({column.ordinal() == 0 ? "" : base::Cat(column.ordinal()),
               {ColumnText(column.path()), Paint::kBold},
               column.orphaned() ? "(gone)" : column.type(),
               nullable,
               column.primary_key() ? "key" : "",
               {ColumnFact(column, "classifications"), Paint::kWarn},
               {ColumnFact(column, "documentation"), Paint::kDim}});
  }
  table.Print(screen);
}

std::string SourcesText(const AspectValue& value) {
  std::set<std::string> told;
  std::string out;
  for (const catalog::v1::Source& source : value.sources()) {
    std::string one = source.principal().empty() ? source.tool() : base::Cat(source.principal(), "/", source.tool());
    if (source.claim()) one += " (claim)";
    if (told.insert(one).second) out += base::Cat(out.empty() ? "" : ", ", one);
  }
  return out;
}

std::string SinceText(const AspectValue& value) {
  return value.sources_size() == 0 ? "" : TimeText(value.sources(0).held_at());
}

void PrintAspects(const Screen& screen, std::string_view title, const RepeatedPtrField<AspectValue>& values) {
  if (values.empty()) return;
  *screen.out << '\n' << screen.Painted(Paint::kBold, title) << '\n';
  Table table({"KIND", "VALUE", "FROM", "SINCE"});
  for (const AspectValue& value : values) {
    table.Add({AspectKind(value.aspect()),
               AspectText(value.aspect()),
               {SourcesText(value), Paint::kDim},
               {SinceText(value), Paint::kDim}});
  }
  table.Print(screen);
}

void PrintLine(const Screen& screen, std::string_view name, const std::string& value) {
  if (!value.empty()) *screen.out << screen.Painted(Paint::kDim, base::Cat(name, ": ")) << ShownText(value) << '\n';
}

void PrintAsset(const Screen& screen, const Asset& asset) {
  *screen.out << screen.Painted(Paint::kBold, ShownText(AssetText(asset.ref()))) << '\n';
  const catalog::v1::AssetSummary& summary = asset.summary();
  if (summary.deleted()) *screen.out << screen.Painted(Paint::kBad, "deleted") << '\n';
  PrintLine(screen, "name", summary.display_name());
  PrintLine(screen, "type", summary.subtype());
  PrintLine(screen, "platform", summary.platform());
  PrintLine(screen, "environment", summary.environment());
  PrintLine(screen, "domain", AssetText(summary.domain()));
  for (const catalog::v1::AssetRef& container : asset.containers()) PrintLine(screen, "in", AssetText(container));
  for (const catalog::v1::Alias& alias : asset.aliases()) {
    PrintLine(screen, "also", base::Cat(AssetText(alias.ref()), " (", alias.state(), ", ", alias.type(), ")"));
  }
  PrintLine(screen, "last seen", TimeText(asset.last_seen_at()));
  std::string allowed;
  for (const std::string& word : asset.allowed()) allowed += base::Cat(allowed.empty() ? "" : ", ", word);
  PrintLine(screen, "I may", allowed);
  if (asset.columns_size() > 0) {
    *screen.out << '\n' << screen.Painted(Paint::kBold, "columns") << '\n';
    PrintColumns(screen, asset.columns());
  }
  PrintAspects(screen, "business", asset.business());
  PrintAspects(screen, "technical", asset.technical());
  PrintAspects(screen, "operational", asset.operational());
  PrintAspects(screen, "other facets", asset.facets());
}

class Get final : public Command {
 public:
  void Declare(Arguments& arguments) override { what_.Declare(arguments); }

  absl::Status Run(Session& session) override {
    ASSIGN_OR_RETURN(const GetAssetResponse answer, what_.Ask(session));
    if (session.json) return PrintJson(session, answer);
    PrintAsset(session.screen, answer.asset());
    return absl::OkStatus();
  }

 private:
  AssetArguments what_;
};

class Columns final : public Command {
 public:
  void Declare(Arguments& arguments) override { what_.Declare(arguments); }

  absl::Status Run(Session& session) override {
    ASSIGN_OR_RETURN(const GetAssetResponse answer, what_.Ask(session));
    if (session.json) return PrintJson(session, answer);
    PrintColumns(session.screen, answer.asset().columns());
    return absl::OkStatus();
  }

 private:
  AssetArguments what_;
};

}  // namespace

std::unique_ptr<Command> MakeGet() { return std::make_unique<Get>(); }
std::unique_ptr<Command> MakeColumns() { return std::make_unique<Columns>(); }

}  // namespace cadastre::cli
