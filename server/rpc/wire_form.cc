#include "server/rpc/wire_form.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "base/utf8.h"

namespace cadastre::server {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;
using google::protobuf::Value;

constexpr int kDepthMax = 64;
// google/protobuf/timestamp.proto and duration.proto: years 1 to 9999, and as long as that.
constexpr int64_t kTimeSecondsMin = -62'135'596'800;
constexpr int64_t kTimeSecondsMax = 253'402'300'799;
constexpr int64_t kDurationSecondsMax = 315'576'000'000;
constexpr int32_t kNanosMax = 999'999'999;

// Messages whose JSON is not that of their fields. Each is told and mended whole.
enum class Form : uint8_t { kFields, kTime, kDuration, kValue };

Form FormOf(const Descriptor& type) {
  if (type.full_name() == "google.protobuf.Timestamp") return Form::kTime;
  if (type.full_name() == "google.protobuf.Duration") return Form::kDuration;
  if (type.full_name() == "google.protobuf.Value") return Form::kValue;
  return Form::kFields;
}

// All messages here are generated, so one of that name is of that class.
template <typename Well>
const Well& As(const Message& message) {
  return static_cast<const Well&>(message);
}
template <typename Well>
Well& As(Message& message) {
  return static_cast<Well&>(message);
}

bool HasForm(const Timestamp& time) {
  return time.seconds() >= kTimeSecondsMin && time.seconds() <= kTimeSecondsMax && time.nanos() >= 0 &&
         time.nanos() <= kNanosMax;
}

bool HasForm(const Duration& duration) {
  const bool bounded = duration.seconds() >= -kDurationSecondsMax && duration.seconds() <= kDurationSecondsMax &&
                       duration.nanos() >= -kNanosMax && duration.nanos() <= kNanosMax;
  return bounded && (duration.seconds() <= 0 || duration.nanos() >= 0) &&
         (duration.seconds() >= 0 || duration.nanos() <= 0);
}

bool HasForm(const Value& value) {
  if (value.kind_case() == Value::KIND_NOT_SET) return false;
  return value.kind_case() != Value::kNumberValue || std::isfinite(value.number_value());
}

void Mend(Timestamp& time) {
  if (HasForm(time)) return;
  // A fraction below 0 was meant from the second above (what divides toward zero makes one of a time before 1970).
  int64_t seconds = std::clamp(time.seconds(), kTimeSecondsMin, kTimeSecondsMax);
  const int32_t nanos = time.nanos();
  if (nanos < 0) --seconds;
  time.set_seconds(std::clamp(seconds, kTimeSecondsMin, kTimeSecondsMax));
  time.set_nanos(nanos < 0 ? std::clamp(nanos + 1'000'000'000, 0, kNanosMax) : std::min(nanos, kNanosMax));
}

void Mend(Duration& duration) {
  if (HasForm(duration)) return;
  duration.set_seconds(std::clamp(duration.seconds(), -kDurationSecondsMax, kDurationSecondsMax));
  const int32_t nanos = std::clamp(duration.nanos(), -kNanosMax, kNanosMax);
  const bool two_signs = (duration.seconds() > 0 && nanos < 0) || (duration.seconds() < 0 && nanos > 0);
  duration.set_nanos(two_signs ? 0 : nanos);
}

void Mend(Value& value) {
  if (!HasForm(value)) value.set_null_value(google::protobuf::NULL_VALUE);
}

bool Holds(const Descriptor& type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&type).second) return false;
  if (FormOf(type) != Form::kFields) return true;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && Holds(*field.message_type(), seen)) return true;
  }
  return false;
}

// Whether a message of this type may hold what MendWireForm changes: most hold text alone and need no walk.
bool MayNeedMending(const Descriptor& type) {
  static base::Mutex mutex;
  static auto* const known = new std::map<const Descriptor*, bool>();
  const base::MutexLock lock(mutex);
  const auto [found, fresh] = known->try_emplace(&type, false);
  if (fresh) {
    std::set<const Descriptor*> seen;
    found->second = Holds(type, seen);
  }
  return found->second;
}

bool HasNul(const std::string& text) { return text.find('\0') != std::string::npos; }

Status CheckAt(const Message& message, int depth);

// Of the message itself, which `name` tells.
Status CheckForm(const Message& inner, std::string_view name) {
  switch (FormOf(*inner.GetDescriptor())) {
    case Form::kTime:
      if (HasForm(As<Timestamp>(inner))) return absl::OkStatus();
      return base::InvalidField(name, "a time in the years 1 to 9999, with 0 to 999,999,999 nanoseconds");
    case Form::kDuration:
      if (HasForm(As<Duration>(inner))) return absl::OkStatus();
      return base::InvalidField(name, "a duration of at most 10,000 years, its parts of one sign");
    case Form::kValue:
      if (HasForm(As<Value>(inner))) return absl::OkStatus();
      return base::InvalidField(name, "a value JSON has");
    case Form::kFields: break;
  }
  return absl::OkStatus();
}

Status CheckMessage(const Message& inner, std::string_view name, int depth) {
  RETURN_IF_ERROR(CheckForm(inner, name));
  const Form form = FormOf(*inner.GetDescriptor());
  if (form == Form::kTime || form == Form::kDuration) return absl::OkStatus();
  return base::WithinField(name, CheckAt(inner, depth + 1));
}

// One of a list stands with its place in it; the entries of a map have none.
std::string NameOf(const FieldDescriptor& field, int index) {
  return field.is_repeated() && !field.is_map() ? base::Cat(field.name(), "[", index, "]") : field.name();
}

Status CheckField(const Message& message, const Reflection& reflection, const FieldDescriptor* field, int depth) {
  const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
  for (int i = 0; i < count; ++i) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      RETURN_IF_ERROR(CheckMessage(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                        : reflection.GetMessage(message, field),
                                   NameOf(*field, i), depth));
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      std::string scratch;
      const std::string& text = field->is_repeated()
                                    ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                    : reflection.GetStringReference(message, field, &scratch);
      if (HasNul(text)) return base::InvalidField(NameOf(*field, i), "text without U+0000");
      if (!base::IsValidUtf8(text)) return base::InvalidField(NameOf(*field, i), "UTF-8");
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      const int number = field->is_repeated() ? reflection.GetRepeatedEnumValue(message, field, i)
                                              : reflection.GetEnumValue(message, field);
      if (field->enum_type()->FindValueByNumber(number) == nullptr) {
        return base::InvalidField(NameOf(*field, i), base::Cat("a ", field->enum_type()->name()));
      }
    }
  }
  return absl::OkStatus();
}

Status CheckAt(const Message& message, int depth) {
  if (depth > kDepthMax) return base::InvalidField(message.GetDescriptor()->name(), "at most 64 levels");
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) RETURN_IF_ERROR(CheckField(message, reflection, field, depth));
  return absl::OkStatus();
}

void MendAt(Message& message, int depth) {
  switch (FormOf(*message.GetDescriptor())) {
    case Form::kTime: return Mend(As<Timestamp>(message));
    case Form::kDuration: return Mend(As<Duration>(message));
    case Form::kValue: Mend(As<Value>(message)); break;
    case Form::kFields: break;
  }
  if (depth > kDepthMax || !MayNeedMending(*message.GetDescriptor())) return;
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || !MayNeedMending(*field->message_type())) continue;
    if (!field->is_repeated()) {
      MendAt(*reflection.MutableMessage(&message, field), depth + 1);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      MendAt(*reflection.MutableRepeatedMessage(&message, field, i), depth + 1);
    }
  }
}

}  // namespace

Status CheckWireForm(const Message& request) {
  RETURN_IF_ERROR(CheckForm(request, request.GetDescriptor()->name()));
  return CheckAt(request, 0);
}

void MendWireForm(Message& stored) { MendAt(stored, 0); }

}  // namespace cadastre::server
