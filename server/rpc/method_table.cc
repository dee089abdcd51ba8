#include "server/rpc/method_table.h"

#include <google/protobuf/descriptor_database.h>

#include "base/status.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "server/rpc/method_rule.h"

namespace cadastre::server {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

// The one method that takes and answers these types; null if there is none or more than one.
const MethodDescriptor* MethodOf(const Descriptor& request, const Descriptor& response) {
  const MethodDescriptor* found = nullptr;
  const FileDescriptor& file = *request.file();
  for (int s = 0; s < file.service_count(); ++s) {
    for (int m = 0; m < file.service(s)->method_count(); ++m) {
      const MethodDescriptor* method = file.service(s)->method(m);
      if (method->input_type() != &request || method->output_type() != &response) continue;
      if (found != nullptr) return nullptr;
      found = method;
    }
  }
  return found;
}

}  // namespace

std::vector<const MethodDescriptor*> MethodsOfContract() {
  // A pool lists no files, but what it was filled from does.
  std::vector<std::string> files;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& name : files) {
    if (!name.starts_with("cadastre/")) continue;
    const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name);
    for (int s = 0; file != nullptr && s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) methods.push_back(file->service(s)->method(m));
    }
  }
  return methods;
}

void MethodBinder::Add(const Descriptor& request, const Descriptor& response, Method method) {
  method.descriptor = MethodOf(request, response);
  if (method.descriptor == nullptr) {
    status_.Update(base::FailedPrecondition(request.full_name(), " and ", response.full_name(),
                                            " are not the types of one method"));
    return;
  }
  const auto [entry, fresh] = table_->methods_.try_emplace(NameOf(*method.descriptor));
  const std::string& name = entry->first;
  if (!fresh) return status_.Update(base::FailedPrecondition(name, " is bound twice"));
  const bool streams = method.descriptor->client_streaming() || method.descriptor->server_streaming();
  if (streams != method.streams()) {
    status_.Update(base::FailedPrecondition(name, streams ? " is a stream" : " is no stream"));
  }
  const StatusOr<authz::Operation> operation = OperationOf(*method.descriptor, name);
  if (operation.ok()) method.operation = *operation;
  status_.Update(operation.status());
  entry->second = std::move(method);
}

StatusOr<std::unique_ptr<MethodTable>> MethodBinder::Finish() {
  RETURN_IF_ERROR(status_);
  for (const MethodDescriptor* method : MethodsOfContract()) {
    const std::string name = NameOf(*method);
    if (table_->Find(name) == nullptr) return base::FailedPrecondition(name, " is not bound to a service function");
  }
  return std::move(table_);
}

// One line for each RPC.
StatusOr<std::unique_ptr<MethodTable>> MethodTable::Make(const Services& services) {
  MethodBinder binder;
  binder.Bind(services.catalog, &CatalogService::GetAsset);
  binder.Bind(services.catalog, &CatalogService::ListColumns);
  binder.Bind(services.catalog, &CatalogService::BatchGetAssets);
  binder.Bind(services.catalog, &CatalogService::ListAssets);
  binder.Bind(services.catalog, &CatalogService::UpsertAspects);
  binder.Bind(services.catalog, &CatalogService::DeleteAsset);
  binder.Bind(services.catalog, &CatalogService::RestoreAsset);
  binder.Bind(services.catalog, &CatalogService::ListNamespaces);
  binder.Bind(services.catalog, &CatalogService::GetHistory);
  binder.Bind(services.catalog, &CatalogService::DiffAsset);
  binder.Bind(services.runs, &RunService::ListRuns);
  binder.Bind(services.runs, &RunService::ListRunRollups);
  binder.Bind(services.runs, &RunService::GetRun);
  binder.Bind(services.lineage, &LineageService::GetLineage);
  binder.Bind(services.lineage, &LineageService::FindPaths);
  binder.Bind(services.search, &SearchService::Search);
  binder.Bind(services.search, &SearchService::Suggest);
  binder.Bind(services.authz, &AuthzService::WhoAmI);
  binder.Bind(services.authz, &AuthzService::Login);
  binder.Bind(services.authz, &AuthzService::ChangePassword);
  binder.Bind(services.authz, &AuthzService::CreateToken);
  binder.Bind(services.authz, &AuthzService::GetToken);
  binder.Bind(services.authz, &AuthzService::RevokeToken);
  binder.Bind(services.authz, &AuthzService::ListTokens);
  binder.Bind(services.policy, &PolicyService::PutPrincipal);
  binder.Bind(services.policy, &PolicyService::GetPrincipal);
  binder.Bind(services.policy, &PolicyService::ListPrincipals);
  binder.Bind(services.policy, &PolicyService::DeletePrincipal);
  binder.Bind(services.policy, &PolicyService::PutRole);
  binder.Bind(services.policy, &PolicyService::GetRole);
  binder.Bind(services.policy, &PolicyService::ListRoles);
  binder.Bind(services.policy, &PolicyService::DeleteRole);
  binder.Bind(services.policy, &PolicyService::PutGrant);
  binder.Bind(services.policy, &PolicyService::GetGrant);
  binder.Bind(services.policy, &PolicyService::ListGrants);
  binder.Bind(services.policy, &PolicyService::DeleteGrant);
  binder.Bind(services.policy, &PolicyService::PutEnvironmentRule);
  binder.Bind(services.policy, &PolicyService::GetEnvironmentRule);
  binder.Bind(services.policy, &PolicyService::ListEnvironmentRules);
  binder.Bind(services.policy, &PolicyService::DeleteEnvironmentRule);
  binder.Bind(services.audit, &AuditService::ListRecords);
  binder.Bind(services.audit, &AuditService::GetHead);
  binder.Bind(services.admin, &AdminService::Backup);
  binder.Bind(services.crawls, &CrawlService::BeginCrawl);
  binder.Bind(services.crawls, &CrawlService::RenewCrawl);
  binder.Bind(services.crawls, &CrawlService::ListCrawledObjects);
  binder.Bind(services.crawls, &CrawlService::RecordCrawledObjects);
  binder.Bind(services.crawls, &CrawlService::MissCrawledObjects);
  binder.Bind(services.crawls, &CrawlService::FinishCrawl);
  binder.Bind(services.crawls, &CrawlService::ListSources);
  binder.Bind(services.crawls, &CrawlService::ListCrawls);
  binder.Bind(services.crawls, &CrawlService::GetCrawl);
  binder.BindStream<ingest::v1::PushRequest, ingest::v1::PushResponse>();
  return binder.Finish();
}

const Method* MethodTable::Find(std::string_view name) const {
  const auto found = methods_.find(name);
  return found == methods_.end() ? nullptr : &found->second;
}

}  // namespace cadastre::server
