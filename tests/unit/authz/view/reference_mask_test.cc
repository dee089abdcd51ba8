#include "authz/view/reference_mask.h"

#include <gtest/gtest.h>

#include "google/protobuf/descriptor.h"
#include "tests/support/governed_world.h"

namespace cadastre::authz {
namespace {

using catalog::v1::Aspect;
using catalog::v1::AssetRef;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing_support::GovernedWorld;

const AssetName kHidden = {AssetKind::kDataset, "shut", "t"};

// Puts the ref wherever one may stand; one entry a list.
bool Fill(Message& message) {
  bool filled = false;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->message_type() == nullptr || field->is_map() || field->message_type() == message.GetDescriptor())
      continue;
    Message* inner = field->is_repeated() ? message.GetReflection()->AddMessage(&message, field)
                                          : message.GetReflection()->MutableMessage(&message, field);
    if (inner->GetDescriptor() == AssetRef::descriptor()) {
      auto* ref = static_cast<AssetRef*>(inner);
      ref->set_kind("dataset");
      ref->set_namespace_(kHidden.ns);
      ref->set_name(kHidden.name);
      filled = true;
    } else {
      filled = Fill(*inner) || filled;
    }
  }
  return filled;
}

class ReferenceMaskTest : public testing::Test {
 protected:
  ReferenceMaskTest() {
    world_.PutAsset(kHidden);
    record::Scope shut;
    shut.set_namespace_("shut");
    std::vector<record::Grant> grants = {GovernedWorld::Allow({Privilege::kBrowse}),
                                         GovernedWorld::Allow({Privilege::kBrowse}, shut)};
    grants.back().set_deny(true);
    viewer_ = world_.AddPerson("vera", grants);
  }

  // As the viewer sees it, and whether anything is left.
  bool Mask(Aspect& aspect) {
    bool left = false;
    EXPECT_TRUE(world_
                    .Look(viewer_,
                          [&](GovernedView& view) {
                            ColumnSight sight(&view);
                            left = MaskReferences(aspect, sight);
                            return absl::OkStatus();
                          })
                    .ok());
    return left;
  }

  GovernedWorld world_;
  std::string viewer_;
};

TEST_F(ReferenceMaskTest, NoKindOfAspectKeepsARefToWhatIsHidden) {
  const auto* oneof = Aspect::descriptor()->FindOneofByName("value");
  int with_refs = 0;
  for (int i = 0; i < oneof->field_count(); ++i) {
    Aspect aspect;
    if (!Fill(*aspect.GetReflection()->MutableMessage(&aspect, oneof->field(i)))) continue;
    ++with_refs;
    Mask(aspect);
    EXPECT_EQ(aspect.DebugString().find(kHidden.ns), std::string::npos) << aspect.DebugString();
    EXPECT_TRUE(NamesAssets(static_cast<uint32_t>(oneof->field(i)->number())));
  }
  EXPECT_GE(with_refs, 8);
}

TEST_F(ReferenceMaskTest, TextsThatWereJsonAreReadAsSuch) {
  const std::string hidden = R"({"namespace":"shut","name":"t"})";
  Aspect tests;
  auto* test = tests.mutable_test_execution()->add_tests();
  (*test->mutable_params())["of"] = hidden;
  test = tests.mutable_test_execution()->add_tests();
  (*test->mutable_params())["namespace"] = "shut";
  (*test->mutable_params())["name"] = "t";
  tests.mutable_test_execution()->add_tests()->set_expected(hidden);
  tests.mutable_test_execution()->add_tests()->set_name("of the run");
  EXPECT_TRUE(Mask(tests));
  ASSERT_EQ(tests.test_execution().tests_size(), 1) << tests.DebugString();
  EXPECT_EQ(tests.test_execution().tests(0).name(), "of the run");

  Aspect parameters;
  parameters.mutable_execution_parameters()->add_parameters()->set_value(hidden);
  Mask(parameters);
  EXPECT_EQ(parameters.execution_parameters().parameters_size(), 0);

  Aspect subset;
  subset.mutable_subset()->set_condition_json(hidden);
  EXPECT_FALSE(Mask(subset));
  EXPECT_TRUE(subset.subset().condition_json().empty());
}

TEST_F(ReferenceMaskTest, WithAJobGoesTheRunOfIt) {
  world_.PutAsset({AssetKind::kJob, "open", "root"});
  Aspect aspect;
  auto* parent = aspect.mutable_parent_run();
  parent->mutable_job()->set_kind("job");
  parent->mutable_job()->set_namespace_("shut");
  parent->mutable_job()->set_name("no such job");
  parent->set_run_id("p");
  parent->mutable_root_job()->set_kind("job");
  parent->mutable_root_job()->set_namespace_("open");
  parent->mutable_root_job()->set_name("root");
  parent->set_root_run_id("r");
  EXPECT_TRUE(Mask(aspect));
  EXPECT_FALSE(aspect.parent_run().has_job());
  EXPECT_EQ(aspect.parent_run().run_id(), "");
  EXPECT_EQ(aspect.parent_run().root_run_id(), "r");
}

}  // namespace
}  // namespace cadastre::authz
