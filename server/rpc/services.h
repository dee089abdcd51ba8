// All services of this server, made once by main. Thread rule: safe.
#pragma once

#include "server/services/admin_service.h"
#include "server/services/audit_service.h"
#include "server/services/authz_service.h"
#include "server/services/catalog_service.h"
#include "server/services/crawl_service.h"
#include "server/services/ingest_service.h"
#include "server/services/lineage_service.h"
#include "server/services/policy_service.h"
#include "server/services/run_service.h"
#include "server/services/search_service.h"

namespace cadastre::server {

struct Services {
  CatalogService* catalog;
  RunService* runs;
  LineageService* lineage;
  SearchService* search;
  AuthzService* authz;
  PolicyService* policy;
  AuditService* audit;
  IngestService* ingest;
  CrawlService* crawls;
  AdminService* admin;
};

}  // namespace cadastre::server
