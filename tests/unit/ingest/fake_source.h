// A source of which a test says what it tells.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ingestors/runner/source.h"

namespace cadastre::ingest {

inline catalog::v1::AssetRef Table(const std::string& name) {
  catalog::v1::AssetRef asset;
  asset.set_kind("dataset");
  asset.set_namespace_("fake://db");
  asset.set_name(name);
  return asset;
}

inline v1::CrawledObject TableObject(const std::string& name, const std::string& source_id = "",
                                     const std::string& text = "") {
  v1::CrawledObject object;
  *object.mutable_asset() = Table(name);
  object.set_source_id(source_id);
  if (!text.empty()) object.add_aspects()->mutable_aspect()->mutable_documentation()->set_text(text);
  return object;
}

class FakeSource final : public Source {
 public:
  std::function<absl::Status(Sink&)> crawl;
  // Names that the recipe filters out.
  std::set<std::string> filtered;

  // Completes `scope` with these tables.
  void Holds(const std::string& scope, std::vector<v1::CrawledObject> objects) {
    crawl = [scope, objects = std::move(objects)](Sink& sink) {
      for (const v1::CrawledObject& object : objects) {
        if (const absl::Status status = sink.Emit(scope, object); !status.ok()) return status;
      }
      sink.Complete(scope);
      return absl::OkStatus();
    };
  }

  std::string Namespace() const override { return "fake://db"; }
  absl::StatusOr<std::vector<Check>> Test() override { return std::vector<Check>{{"connect", true, ""}}; }
  absl::Status Crawl(Sink& sink) override { return crawl(sink); }
  bool Covers(const catalog::v1::AssetRef& asset) const override { return !filtered.contains(asset.name()); }
  // `shop.public` is listed by `shop`, and that by nothing.
  std::string ScopeAbove(const std::string& scope) const override {
    const size_t dot = scope.rfind('.');
    return dot == std::string::npos ? "" : scope.substr(0, dot);
  }
};

}  // namespace cadastre::ingest
