// cadastre get and cadastre columns.
#include <set>
#include <string>
#include <vector>

#include "base/status.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cli/aspect_text.h"
#include "cli/client_words.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/paging.h"
#include "cli/table.h"
#include "cli/words.h"

namespace cadastre::cli {
namespace {

using catalog::v1::AspectValue;
using catalog::v1::Asset;
using catalog::v1::Column;
using catalog::v1::GetAssetRequest;
using catalog::v1::GetAssetResponse;
using catalog::v1::ListColumnsRequest;
using catalog::v1::ListColumnsResponse;
using google::protobuf::RepeatedPtrField;

// Which asset, and as of when: of both commands.
class AssetArguments {
 public:
  void Declare(Arguments& arguments) {
    arguments.Positional("ASSET", &asset_, "kind:namespace#name");
    arguments.Option("--held,--as-of-held", &held_, "As it held at this time (RFC 3339 or a date)");
    arguments.Option("--known,--as-of-known", &known_, "As the server knew it at this time or revision token");
    arguments.Flag("--deleted", &deleted_, "Also where it is deleted");
  }

  template <typename Request>
  absl::Status Fill(Request& request) const {
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, request.mutable_asset()));
    if (!held_.empty() || !known_.empty()) RETURN_IF_ERROR(ReadAsOf(held_, known_, request.mutable_as_of()));
    request.set_include_deleted(deleted_);
    return absl::OkStatus();
  }

 private:
  std::string asset_, held_, known_;
  bool deleted_ = false;
};

std::string_view StateWord(catalog::v1::AliasState state) {
  switch (state) {
    case catalog::v1::ALIAS_STATE_MERGED: return "merged";
    case catalog::v1::ALIAS_STATE_CLAIMED: return "claimed";
    case catalog::v1::ALIAS_STATE_TAKEN_BACK: return "taken back";
    default: return "unknown";
  }
}

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
    const std::string documented = ColumnFact(column, "documentation");
    const std::string nullable = !column.has_nullable() ? "" : column.nullable() ? "yes" : "no";
    table.Add({column.ordinal() == 0 ? "" : base::Cat(column.ordinal()),
               {ColumnText(column.path()), Paint::kBold},
               column.orphaned() ? "(gone)" : column.type(),
               nullable,
               column.primary_key() ? "key" : "",
               {ColumnFact(column, "classifications"), Paint::kWarn},
               {documented.empty() ? column.description() : documented, Paint::kDim}});
  }
  table.Print(screen);
}

std::string ValueText(const AspectValue& value) {
  // A page tells its fields once, as the columns.
  if (value.aspect().has_schema()) return "its columns";
  if (value.omitted_bytes() == 0) return AspectText(value.aspect());
  const std::string name = value.aspect().has_facet() ? value.aspect().facet().name() + " " : "";
  return base::Cat(name, "(", value.omitted_bytes(), " bytes)");
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
               ValueText(value),
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
  if (summary.dropped()) *screen.out << screen.Painted(Paint::kWarn, "dropped at its source") << '\n';
  PrintLine(screen, "name", summary.display_name());
  PrintLine(screen, "type", summary.subtype());
  PrintLine(screen, "platform", summary.platform());
  PrintLine(screen, "environment", summary.environment());
  PrintLine(screen, "domain", AssetText(summary.domain()));
  for (const catalog::v1::AssetRef& container : asset.containers()) PrintLine(screen, "in", AssetText(container));
  for (const catalog::v1::Alias& alias : asset.aliases()) {
    PrintLine(screen, "also",
              base::Cat(AssetText(alias.ref()), " (", StateWord(alias.state()), ", ", alias.type(), ")"));
  }
  PrintLine(screen, "last seen", TimeText(asset.last_seen_at()));
  PrintLine(screen, "I may", PrivilegeWords(asset.allowed()));
  if (asset.columns_size() > 0) {
    *screen.out << '\n' << screen.Painted(Paint::kBold, "columns") << '\n';
    PrintColumns(screen, asset.columns());
    if (asset.columns_size() < asset.column_count()) {
      *screen.err << asset.columns_size() << " of " << asset.column_count() << " columns; all: cadastre columns\n";
    }
  }
  PrintAspects(screen, "business", asset.business());
  PrintAspects(screen, "technical", asset.technical());
  PrintAspects(screen, "operational", asset.operational());
  PrintAspects(screen, "other facets", asset.facets());
  if (asset.truncated()) *screen.err << "not all of it: --full, --kind KIND, --facet NAME, or --column PATH\n";
}

absl::StatusOr<catalog::v1::AspectKind> ReadKind(std::string word) {
  for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '-' ? '_' : c;
  catalog::v1::AspectKind kind{};
  if (!catalog::v1::AspectKind_Parse(base::Cat("ASPECT_KIND_", word), &kind)) {
    return base::InvalidField("--kind", "a kind of aspect, such as documentation");
  }
  return kind;
}

class Get final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    what_.Declare(arguments);
    arguments.Flag("--full", &full_, "As much as one answer holds");
    arguments.List("--kind", &kinds_, "The value of this kind before all else, such as documentation");
    arguments.List("--facet", &facets_, "Also this facet's JSON, by its name");
    arguments.Option("--column", &column_,
                     "Of the columns this one alone, such as address.city, and its values of --kind");
  }

  absl::Status Run(Session& session) override {
    GetAssetRequest request;
    RETURN_IF_ERROR(what_.Fill(request));
    if (full_) request.set_view(catalog::v1::ASSET_VIEW_FULL);
    for (const std::string& kind : kinds_) {
      ASSIGN_OR_RETURN(const catalog::v1::AspectKind one, ReadKind(kind));
      request.add_kinds(one);
    }
    request.mutable_facets()->Assign(facets_.begin(), facets_.end());
    for (const std::string& segment : ColumnPath(column_)) request.mutable_column()->add_path(segment);
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<GetAssetResponse>(session, "cadastre.catalog.v1.CatalogService/GetAsset", request));
    if (session.json) return PrintJson(session, answer);
    PrintAsset(session.screen, answer.asset());
    return absl::OkStatus();
  }

 private:
  AssetArguments what_;
  bool full_ = false;
  std::string column_;
  std::vector<std::string> kinds_, facets_;
};

class Columns final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    what_.Declare(arguments);
    arguments.Option("--filter", &filter_,
                     "Only columns of whose path, type, description, tags or classes this is a part");
    page_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    ListColumnsRequest request;
    RETURN_IF_ERROR(what_.Fill(request));
    request.set_filter(filter_);
    page_.Fill(request);
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<ListColumnsResponse>(session, "cadastre.catalog.v1.CatalogService/ListColumns", request));
    if (session.json) return PrintJson(session, answer);
    PrintColumns(session.screen, answer.columns());
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  AssetArguments what_;
  std::string filter_;
  Page page_;
};

}  // namespace

std::unique_ptr<Command> MakeGet() { return std::make_unique<Get>(); }
std::unique_ptr<Command> MakeColumns() { return std::make_unique<Columns>(); }

}  // namespace cadastre::cli
