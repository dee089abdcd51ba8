#include "server/rpc/wire_form.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

#include "base/status.h"
#include "cadastre/catalog/v1/aspects.pb.h"
#include "cadastre/catalog/v1/catalog.pb.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

TEST(WireForm, NulIsRefusedWhereverItHides) {
  v1::UpsertAspectsRequest request;
  v1::AspectUpsert* upsert = request.add_upserts();
  upsert->mutable_asset()->set_name("fine");
  EXPECT_TRUE(CheckWireForm(request).ok());
  upsert->mutable_aspect()->mutable_documentation()->set_text(std::string("a\0b", 3));
  const Status status = CheckWireForm(request);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(base::FieldOf(status).value_or(""), "upserts[0].aspect.documentation.text");
}

TEST(WireForm, TimesOutOfRangeAreRefusedByTheirPath) {
  v1::UpsertAspectsRequest request;
  auto* profile = request.add_upserts()->mutable_aspect()->mutable_profile();
  profile->mutable_last_updated()->set_seconds(-86'400);
  profile->mutable_last_updated()->set_nanos(500'000'000);
  EXPECT_TRUE(CheckWireForm(request).ok());
  profile->mutable_last_updated()->set_nanos(-500'000'000);
  EXPECT_EQ(base::FieldOf(CheckWireForm(request)).value_or(""), "upserts[0].aspect.profile.last_updated");
  profile->mutable_last_updated()->set_nanos(0);
  for (const int64_t seconds : {int64_t{253'402'300'800}, int64_t{-62'135'596'801}}) {
    profile->mutable_last_updated()->set_seconds(seconds);
    EXPECT_EQ(base::FieldOf(CheckWireForm(request)).value_or(""), "upserts[0].aspect.profile.last_updated") << seconds;
  }
}

TEST(WireForm, ANumberOfNoEnumValueIsRefused) {
  v1::ListRunsRequest request;
  request.add_states(v1::RUN_STATE_COMPLETE);
  EXPECT_TRUE(CheckWireForm(request).ok());
  request.add_states(static_cast<v1::RunState>(77));
  EXPECT_EQ(base::FieldOf(CheckWireForm(request)).value_or(""), "states[1]");
}

TEST(WireForm, WhatTimesBefore1970WereWrittenAsIsMeantAgain) {
  google::protobuf::Timestamp time;
  time.set_seconds(-1);
  time.set_nanos(-250'000'000);
  MendWireForm(time);
  EXPECT_EQ(time.seconds(), -2);
  EXPECT_EQ(time.nanos(), 750'000'000);
}

// Fills a message with what nobody should send.
class Mess {
 public:
  explicit Mess(uint32_t seed) : random_(seed) {}

  void Fill(Message& message, int depth) {
    const Reflection& reflection = *message.GetReflection();
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = message.GetDescriptor()->field(i);
      if (Pick(3) == 0) continue;
      for (int item = field->is_repeated() ? Pick(3) : 1; item > 0; --item)
        FillField(message, reflection, field, depth);
    }
  }

 private:
  int Pick(int below) { return static_cast<int>(random_() % static_cast<uint32_t>(below)); }
  int64_t Whole() {
    constexpr int64_t kValues[] = {0,
                                   -1,
                                   1,
                                   1'700'000'000,
                                   253'402'300'799,
                                   253'402'300'800,
                                   -62'135'596'800,
                                   -62'135'596'801,
                                   std::numeric_limits<int64_t>::max(),
                                   std::numeric_limits<int64_t>::min()};
    return kValues[Pick(10)];
  }
  int32_t Nanos() {
    constexpr int32_t kValues[] = {0, 1, -1, 999'999'999, 1'000'000'000, -999'999'999, INT32_MAX, INT32_MIN};
    return kValues[Pick(8)];
  }
  double Number() {
    constexpr double kValues[] = {0.0,
                                  -1.5,
                                  1e308,
                                  std::numeric_limits<double>::quiet_NaN(),
                                  std::numeric_limits<double>::infinity(),
                                  -std::numeric_limits<double>::infinity()};
    return kValues[Pick(6)];
  }

  void FillField(Message& message, const Reflection& reflection, const FieldDescriptor* field, int depth) {
    const bool many = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth < 4) {
          Fill(many ? *reflection.AddMessage(&message, field) : *reflection.MutableMessage(&message, field), depth + 1);
        }
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        many ? reflection.AddString(&message, field, "text") : reflection.SetString(&message, field, "text");
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        many ? reflection.AddInt64(&message, field, Whole()) : reflection.SetInt64(&message, field, Whole());
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        many ? reflection.AddInt32(&message, field, Nanos()) : reflection.SetInt32(&message, field, Nanos());
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        many ? reflection.AddDouble(&message, field, Number()) : reflection.SetDouble(&message, field, Number());
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        many ? reflection.AddBool(&message, field, true) : reflection.SetBool(&message, field, true);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        many ? reflection.AddEnumValue(&message, field, Pick(9)) : reflection.SetEnumValue(&message, field, Pick(9));
        break;
      default: break;
    }
  }

  std::mt19937 random_;
};

bool HasJson(const Message& message) {
  std::string json;
  return google::protobuf::util::MessageToJsonString(message, &json).ok();
}

// Whatever is taken can be read as JSON, and whatever was stored can be once it is mended: no aspect is poison.
void ExpectNoPoison(Message& message, int* taken) {
  if (CheckWireForm(message).ok()) {
    ++*taken;
    EXPECT_TRUE(HasJson(message)) << message.ShortDebugString();
    const std::string before = message.SerializeAsString();
    MendWireForm(message);
    EXPECT_EQ(message.SerializeAsString(), before) << "what is good is left as it is";
    return;
  }
  MendWireForm(message);
  EXPECT_TRUE(HasJson(message)) << message.ShortDebugString();
}

TEST(WireForm, NoAspectIsPoison) {
  int taken = 0;
  const auto* cases = v1::Aspect::descriptor()->FindOneofByName("value");
  ASSERT_NE(cases, nullptr);
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    for (int i = 0; i < cases->field_count(); ++i) {
      v1::Aspect aspect;
      Mess(seed * 1'000 + static_cast<uint32_t>(i))
          .Fill(*aspect.GetReflection()->MutableMessage(&aspect, cases->field(i)), 1);
      ExpectNoPoison(aspect, &taken);
    }
  }
  EXPECT_GT(taken, 1'000) << "most kinds hold text and numbers alone";
}

TEST(WireForm, NoWellKnownTypeIsPoison) {
  int taken = 0;
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    google::protobuf::Duration duration;
    Mess(seed).Fill(duration, 1);
    ExpectNoPoison(duration, &taken);
    google::protobuf::Struct fields;
    (*fields.mutable_fields())["nan"].set_number_value(std::numeric_limits<double>::quiet_NaN());
    (*fields.mutable_fields())["nothing"];
    (*fields.mutable_fields())["list"].mutable_list_value()->add_values()->set_number_value(
        std::numeric_limits<double>::infinity());
    EXPECT_FALSE(CheckWireForm(fields).ok());
    ExpectNoPoison(fields, &taken);
  }
}

}  // namespace
}  // namespace cadastre::server
