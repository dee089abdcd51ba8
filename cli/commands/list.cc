// cadastre list: browsing by name or by container; cadastre namespaces.
#include "base/status.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/paging.h"
#include "cli/table.h"

namespace cadastre::cli {
namespace {

class List final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Option("--kind", &kind_, "dataset, job, dashboard, container, domain, …");
    arguments.Option("--namespace", &namespace_, "Exactly this namespace; needs --kind");
    arguments.Option("--prefix", &prefix_, "Names that begin so; needs --namespace");
    arguments.Option("--container", &container_, "Instead: the members of this container or domain");
    arguments.Option("--held", &held_, "As it held at this time");
    arguments.Option("--known", &known_, "As the server knew it at this time or revision token");
    arguments.Flag("--deleted", &deleted_, "Also deleted assets");
    page_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    catalog::v1::ListAssetsRequest request;
    request.set_kind(kind_);
    request.set_namespace_(namespace_);
    request.set_name_prefix(prefix_);
    if (!container_.empty()) RETURN_IF_ERROR(ReadAsset("--container", container_, request.mutable_container()));
    if (!held_.empty() || !known_.empty()) RETURN_IF_ERROR(ReadAsOf(held_, known_, request.mutable_as_of()));
    request.set_include_deleted(deleted_);
    ASSIGN_OR_RETURN(const auto answer, AskPages<catalog::v1::ListAssetsResponse>(
                                            session, "cadastre.catalog.v1.CatalogService/ListAssets", request, page_));
    if (session.json) return PrintJson(session, answer);
    Table table({"ASSET", "TYPE", "DOMAIN", "UPDATED", "DESCRIPTION"});
    for (const catalog::v1::AssetSummary& asset : answer.assets()) {
      table.Add({{AssetText(asset), asset.deleted() ? Paint::kBad : Paint::kBold},
                 asset.subtype(),
                 asset.domain().name(),
                 TimeText(asset.updated_at()),
                 {asset.description(), Paint::kDim}});
    }
    table.Print(session.screen);
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  std::string kind_, namespace_, prefix_, container_, held_, known_;
  bool deleted_ = false;
  Page page_;
};

class Namespaces final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Option("--kind", &kind_, "Of assets of this kind: dataset, job, …; all without it");
    page_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    catalog::v1::ListNamespacesRequest request;
    request.set_kind(kind_);
    page_.Fill(request);
    ASSIGN_OR_RETURN(const auto answer, Ask<catalog::v1::ListNamespacesResponse>(
                                            session, "cadastre.catalog.v1.CatalogService/ListNamespaces", request));
    if (session.json) return PrintJson(session, answer);
    for (const std::string& one : answer.namespaces()) *session.screen.out << ShownText(one) << '\n';
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  std::string kind_;
  Page page_;
};

}  // namespace

std::unique_ptr<Command> MakeNamespaces() { return std::make_unique<Namespaces>(); }
std::unique_ptr<Command> MakeList() { return std::make_unique<List>(); }

}  // namespace cadastre::cli
