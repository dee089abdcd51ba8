#include "authz/operation.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>

#include "cadastre/admin/v1/admin.pb.h"
#include "cadastre/audit/v1/audit.pb.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "cadastre/search/v1/search.pb.h"

namespace cadastre::authz {
namespace {

const std::set<std::string> kOtherDoors = {"GET /metrics", "POST /api/v1/lineage", "POST /api/v1/lineage/batch"};

std::set<std::string> RpcsOfTheContract() {
  std::set<std::string> names;
  for (const google::protobuf::FileDescriptor* file :
       {admin::v1::BackupRequest::descriptor()->file(), audit::v1::Record::descriptor()->file(),
        authz::v1::Grant::descriptor()->file(), catalog::v1::GetAssetRequest::descriptor()->file(),
        ingest::v1::PushRequest::descriptor()->file(), lineage::v1::GetLineageRequest::descriptor()->file(),
        search::v1::SearchRequest::descriptor()->file()}) {
    for (int service = 0; service < file->service_count(); ++service) {
      for (int method = 0; method < file->service(service)->method_count(); ++method) {
        names.insert(file->service(service)->full_name() + "/" + file->service(service)->method(method)->name());
      }
    }
  }
  return names;
}

TEST(OperationTest, EveryRpcHasOneEntryAndEveryEntryAnRpc) {
  std::set<std::string> expected = RpcsOfTheContract();
  ASSERT_EQ(expected.erase(std::string(LoginOperation().name)), 1u) << "Login is the one exception";
  expected.insert(kOtherDoors.begin(), kOtherDoors.end());
  std::set<std::string> entries;
  for (const Operation& operation : Operations()) {
    EXPECT_TRUE(entries.insert(std::string(operation.name)).second) << operation.name << " stands twice";
    EXPECT_EQ(FindOperation(operation.name), &operation);
  }
  EXPECT_EQ(entries, expected);
}

TEST(OperationTest, NoServiceIsForgotten) {
  // A service file that this test does not list would go unnoticed above.
  std::set<std::string> packages;
  for (const std::string& name : RpcsOfTheContract()) packages.insert(name.substr(0, name.find(".v1.")));
  EXPECT_EQ(packages, (std::set<std::string>{"cadastre.admin", "cadastre.audit", "cadastre.authz", "cadastre.catalog",
                                             "cadastre.ingest", "cadastre.lineage", "cadastre.search"}));
}

TEST(OperationTest, AnUnknownNameHasNone) {
  EXPECT_EQ(FindOperation(""), nullptr);
  EXPECT_EQ(FindOperation("cadastre.search.v1.SearchService/Nothing"), nullptr);
  EXPECT_EQ(FindOperation(LoginOperation().name), nullptr);
}

}  // namespace
}  // namespace cadastre::authz
