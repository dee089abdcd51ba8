#include "server/rpc/asked_targets.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/utf8.h"
#include "cadastre/catalog/v1/asset.pb.h"
#include "google/protobuf/descriptor.h"
#include "server/rpc/options.h"

namespace cadastre::server {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kTextBytesMax = 1024;
// A request, what it puts, and what that is about.
constexpr int kDepthMax = 3;
// Fields by which things are called that are no assets.
constexpr std::array<std::string_view, 3> kIds = {"id", "principal", "user"};

class Targets {
 public:
  void Look(const Message& message, std::string_view as, int depth) {
    if (message.GetDescriptor() == catalog::v1::AssetRef::descriptor()) {
      const auto* const ref = dynamic_cast<const catalog::v1::AssetRef*>(&message);
      if (ref != nullptr) Add(DetailOf(*ref));
      return;
    }
    if (depth == kDepthMax) return;
    const auto& descriptor = *message.GetDescriptor();
    const auto& reflection = *message.GetReflection();
    for (int i = 0; i < descriptor.field_count() && !full(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      if (field.is_map()) continue;
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        LookInto(message, field, depth);
      } else if (field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated() && IsId(field.name())) {
        const std::string id = reflection.GetString(message, &field);
        const std::string_view what = field.name() == "id" ? as : std::string_view(field.name());
        if (!id.empty()) Add(what.empty() ? id : base::Cat(what, " ", id));
      }
    }
  }

  std::string Take() { return std::move(text_); }

 private:
  static bool IsId(std::string_view name) { return std::find(kIds.begin(), kIds.end(), name) != kIds.end(); }
  bool full() const { return text_.size() >= kTextBytesMax; }

  void LookInto(const Message& message, const FieldDescriptor& field, int depth) {
    const auto& reflection = *message.GetReflection();
    if (!field.is_repeated()) {
      if (reflection.HasField(message, &field)) Look(reflection.GetMessage(message, &field), field.name(), depth + 1);
      return;
    }
    for (int i = 0; i < reflection.FieldSize(message, &field) && !full(); ++i) {
      Look(reflection.GetRepeatedMessage(message, &field, i), "", depth + 1);
    }
  }

  void Add(const std::string& name) {
    if (!text_.empty()) text_ += ", ";
    text_ += base::Utf8Prefix(name, kTextBytesMax - std::min(kTextBytesMax, text_.size()));
  }

  std::string text_;
};

}  // namespace

std::string AskedTargets(const Message& request) {
  Targets targets;
  targets.Look(request, "", 0);
  return targets.Take();
}

}  // namespace cadastre::server
