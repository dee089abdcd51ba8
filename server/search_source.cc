#include "server/search_source.h"

#include <utility>

#include "base/status.h"
#include "catalog/index_text.h"

namespace cadastre::server {

StatusOr<std::optional<search::SearchDocument>> CatalogSource::Describe(AssetId id) {
  ASSIGN_OR_RETURN(std::optional<catalog::IndexText> text, catalog::DescribeForIndex(*view_, id));
  if (!text) return std::optional<search::SearchDocument>();
  search::SearchDocument out;
  out.name = std::move(text->name);
  out.platform = std::move(text->platform);
  out.type = std::move(text->subtype);
  out.title = std::move(text->display_name);
  out.description = std::move(text->description);
  out.tags = std::move(text->tags);
  out.owners = std::move(text->owners);
  out.terms = std::move(text->terms);
  for (catalog::IndexColumn& column : text->columns) {
    out.columns.push_back(
        {std::move(column.path), std::move(column.description), std::move(column.classes), std::move(column.segments)});
  }
  out.certification = std::move(text->certification);
  out.deprecated = text->deprecated;
  out.updated = text->updated;
  return std::make_optional(std::move(out));
}

}  // namespace cadastre::server
