#include "server/rpc/method_table.h"

#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/status.h"
#include "cadastre/privilege/v1/privilege.pb.h"
#include "server/grpc/door.h"
#include "server/rpc/method_rule.h"
#include "tests/support/paths.h"

namespace cadastre::server {
namespace {

// The contract as it is written, whether or not a file of it is linked here.
std::set<std::string> RpcsAsWritten() {
  std::set<std::string> names;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(testing_support::SourcePath("proto/cadastre"))) {
    std::ifstream file(entry.path());
    std::string package;
    std::string service;
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string first;
      std::string second;
      words >> first >> second;
      if (first == "package") package = second.substr(0, second.find(';'));
      if (first == "service") service = second;
      if (first == "rpc") names.insert(base::Cat(package, ".", service, "/", second.substr(0, second.find('('))));
    }
  }
  return names;
}

// The operation of a method that says `rule` of itself.
StatusOr<authz::Operation> OperationOfRule(const privilege::v1::Rule& rule, std::string_view name = "a.B/C") {
  google::protobuf::FileDescriptorProto file;
  file.set_name("a.proto");
  file.set_package("a");
  file.add_message_type()->set_name("M");
  google::protobuf::ServiceDescriptorProto* service = file.add_service();
  service->set_name("B");
  google::protobuf::MethodDescriptorProto* method = service->add_method();
  method->set_name("C");
  method->set_input_type(".a.M");
  method->set_output_type(".a.M");
  *method->mutable_options()->MutableExtension(privilege::v1::rule) = rule;
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  return OperationOf(*pool.BuildFile(file)->service(0)->method(0), name);
}

TEST(MethodTable, EveryRpcOfTheContractIsServed) {
  const auto table = MethodTable::Make(Services{});
  ASSERT_TRUE(table.ok()) << table.status();
  std::set<std::string> served;
  for (const auto& [name, method] : (*table)->methods()) {
    served.insert(name);
    EXPECT_EQ(method.operation.name, name);
    EXPECT_EQ(method.operation.privilege == authz::Privilege::kNone,
              method.operation.effect == authz::Effect::kLogin ||
                  method.descriptor->options().GetExtension(privilege::v1::rule).anyone())
        << name;
  }
  EXPECT_EQ(served, RpcsAsWritten());
  EXPECT_GE(served.size(), 29u);
  // And over gRPC, streams included.
  const Services services{};
  EXPECT_TRUE(GrpcDoor::Make({table->get(), &services, nullptr, nullptr, nullptr, 0}).ok());
}

TEST(MethodTable, AServerWithAnUnboundMethodDoesNotStart) {
  MethodBinder nothing;
  const Status unbound = nothing.Finish().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(unbound)) << unbound;
  EXPECT_NE(base::MessageOf(unbound).find("Service/"), std::string_view::npos) << unbound;
}

TEST(MethodTable, AMethodIsBoundOnce) {
  MethodBinder binder;
  SearchService* const none = nullptr;
  binder.Bind(none, &SearchService::Search);
  binder.Bind(none, &SearchService::Search);
  EXPECT_EQ(binder.Finish().status(),
            base::FailedPrecondition("cadastre.search.v1.SearchService/Search is bound twice"));
}

struct Crossed {
  void Ask(authz::Call, search::v1::SearchRequest, Done<search::v1::SuggestResponse>) {}
};

TEST(MethodTable, AFunctionIsBoundByTheTypesOfOneMethod) {
  MethodBinder binder;
  Crossed* const none = nullptr;
  binder.Bind(none, &Crossed::Ask);
  EXPECT_TRUE(absl::IsFailedPrecondition(binder.Finish().status()));
}

TEST(MethodRule, NothingIsOpenBecauseSomebodyForgotToSayWhoMay) {
  using privilege::v1::Rule;
  const auto refused = [](auto fill, std::string_view name = "a.B/C") {
    Rule rule;
    fill(rule);
    return absl::IsFailedPrecondition(OperationOfRule(rule, name).status());
  };
  EXPECT_TRUE(refused([](Rule&) {}));
  EXPECT_TRUE(refused([](Rule& rule) { rule.set_anyone(true); }));
  EXPECT_TRUE(refused([](Rule& rule) { rule.set_effect(privilege::v1::EFFECT_READ); }));
  EXPECT_TRUE(refused([](Rule& rule) {
    rule.set_anyone(false);
    rule.set_effect(privilege::v1::EFFECT_READ);
  }));
  EXPECT_TRUE(refused([](Rule& rule) {
    rule.set_somewhere(privilege::v1::PRIVILEGE_UNSPECIFIED);
    rule.set_effect(privilege::v1::EFFECT_READ);
  }));
  EXPECT_TRUE(refused([](Rule& rule) { rule.set_effect(privilege::v1::EFFECT_LOGIN); })) << "another login";
  EXPECT_TRUE(refused(
      [](Rule& rule) {
        rule.set_anyone(true);
        rule.set_effect(privilege::v1::EFFECT_READ);
      },
      authz::kLoginName));
}

TEST(MethodRule, WhatIsSaidIsAsked) {
  privilege::v1::Rule rule;
  rule.set_everywhere(privilege::v1::PRIVILEGE_AUDIT);
  rule.set_effect(privilege::v1::EFFECT_READ);
  const auto operation = OperationOfRule(rule);
  ASSERT_TRUE(operation.ok()) << operation.status();
  EXPECT_EQ(operation->privilege, authz::Privilege::kAudit);
  EXPECT_TRUE(operation->everywhere);
  EXPECT_EQ(operation->effect, authz::Effect::kRead);
}

}  // namespace
}  // namespace cadastre::server
