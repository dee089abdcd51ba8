#include "catalog/page_bounds.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

constexpr size_t kColumnBytesMax = 128 << 10;
// What a source costs in an answer, at most 16 of them a value.
constexpr size_t kSourceBytes = 256;
constexpr size_t kSourcesMax = 16;

size_t ShellBytes(const MergedAspect& value) { return 64 + kSourceBytes * std::min(value.sources.size(), kSourcesMax); }

// Leaves the kind, and of a facet the name.
void Hollow(v1::Aspect& aspect) {
  if (aspect.has_facet()) return aspect.mutable_facet()->clear_json();
  const google::protobuf::OneofDescriptor* oneof = v1::Aspect::descriptor()->FindOneofByName("value");
  const google::protobuf::FieldDescriptor* field = v1::Aspect::GetReflection()->GetOneofFieldDescriptor(aspect, oneof);
  if (field != nullptr) v1::Aspect::GetReflection()->MutableMessage(&aspect, field)->Clear();
}

void Omit(MergedAspect& value, size_t bytes) {
  if (bytes == 0) return;
  value.omitted_bytes = bytes;
  Hollow(value.aspect);
}

// The shorter values first, so that a long one costs itself alone; what was used of the budget.
size_t Fit(std::vector<MergedAspect*> values, size_t budget) {
  std::stable_sort(values.begin(), values.end(), [](const MergedAspect* a, const MergedAspect* b) {
    return a->aspect.ByteSizeLong() < b->aspect.ByteSizeLong();
  });
  size_t used = 0;
  for (MergedAspect* value : values) used += ShellBytes(*value);
  for (MergedAspect* value : values) {
    const size_t bytes = value->aspect.ByteSizeLong();
    if (used + bytes > budget) {
      Omit(*value, bytes);
    } else {
      used += bytes;
    }
  }
  return used;
}

void BoundFacets(const PageBounds& bounds, std::vector<MergedAspect>& aspects, std::vector<MergedAspect*>& fitted) {
  const auto named = [&](const std::string& name) {
    return std::find(bounds.facets.begin(), bounds.facets.end(), name) != bounds.facets.end();
  };
  for (MergedAspect& value : aspects) {
    if (!value.aspect.has_facet()) {
      fitted.push_back(&value);
    } else if (!named(value.aspect.facet().name())) {
      Omit(value, value.aspect.facet().json().size());
    }
  }
}

// Facets are the last of a page's values, in order of their names; those asked for by name stay.
void DropFacets(const PageBounds& bounds, AssetPage& page) {
  const auto first = std::find_if(page.aspects.begin(), page.aspects.end(),
                                  [](const MergedAspect& value) { return value.aspect.has_facet(); });
  page.facet_count = static_cast<size_t>(page.aspects.end() - first);
  size_t kept = 0;
  page.aspects.erase(std::remove_if(first, page.aspects.end(),
                                    [&](const MergedAspect& value) {
                                      const auto named = std::find(bounds.facets.begin(), bounds.facets.end(),
                                                                   value.aspect.facet().name());
                                      return named == bounds.facets.end() && ++kept > bounds.facets_max;
                                    }),
                     page.aspects.end());
}

// Cuts long values out of one column; what is left of it in bytes.
size_t BoundColumn(ColumnPage& column) {
  size_t bytes = 64 + column.type.size();
  for (const std::string& segment : column.path) bytes += segment.size() + 3;
  if (column.description.size() > kColumnBytesMax) column.description.clear();
  std::vector<MergedAspect*> values;
  for (MergedAspect& value : column.aspects) values.push_back(&value);
  return bytes + column.description.size() + Fit(std::move(values), kColumnBytesMax);
}

void DropColumns(const PageBounds& bounds, AssetPage& page) {
  page.column_count = page.columns.size();
  size_t kept = 0;
  size_t bytes = 0;
  while (kept < page.columns.size() && kept < bounds.columns_max) {
    bytes += BoundColumn(page.columns[kept]);
    if (bytes > bounds.column_bytes_max) break;
    ++kept;
  }
  page.columns.resize(kept);
}

bool IsCut(const MergedAspect& value) { return value.omitted_bytes > 0; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), Lower);
  return text;
}

bool Matches(const ColumnPage& column, const std::string& needle) {
  const auto has = [&](const std::string& text) { return Lowered(text).find(needle) != std::string::npos; };
  if (has(JoinPath(column.path)) || has(column.type) || has(column.description)) return true;
  return std::any_of(column.aspects.begin(), column.aspects.end(), [&](const MergedAspect& value) {
    const v1::Aspect& aspect = value.aspect;
    const auto& tags = aspect.tags().tags();
    const auto& classes = aspect.classifications().classifications();
    return has(aspect.documentation().text()) ||
           std::any_of(tags.begin(), tags.end(), [&](const auto& tag) { return has(tag.key()); }) ||
           std::any_of(classes.begin(), classes.end(), [&](const auto& one) { return has(one.name()); });
  });
}

// The place after the one where the page before ended; columns may have come or gone since.
size_t StartOf(const ColumnsRequest& request, const std::vector<ColumnPage>& columns) {
  if (request.after_path.empty()) return 0;
  const auto is_last = [&](const ColumnPage& column) { return column.path == request.after_path; };
  const size_t place = std::min(request.after, columns.size());
  if (place < columns.size() && is_last(columns[place])) return place + 1;
  const auto found = std::find_if(columns.begin(), columns.end(), is_last);
  return found == columns.end() ? place : static_cast<size_t>(found - columns.begin()) + 1;
}

}  // namespace

size_t CutValue(v1::Aspect& aspect, size_t bytes_max) {
  const size_t bytes = aspect.ByteSizeLong();
  if (bytes <= bytes_max) return 0;
  Hollow(aspect);
  return bytes;
}

void BoundValue(MergedAspect& value, size_t bytes_max) {
  if (const size_t cut = CutValue(value.aspect, bytes_max); cut > 0) value.omitted_bytes = cut;
}

PageBounds BasicBounds() {
  PageBounds bounds;
  bounds.columns_max = 100;
  bounds.facets_max = 200;
  bounds.aliases_max = 200;
  bounds.value_bytes_max = 1 << 20;
  bounds.column_bytes_max = 1 << 20;
  return bounds;
}

ColumnsPage TakeColumns(const ColumnsRequest& request, std::vector<ColumnPage> columns) {
  if (!request.filter.empty()) {
    const std::string needle = Lowered(request.filter);
    columns.erase(std::remove_if(columns.begin(), columns.end(),
                                 [&](const ColumnPage& column) { return !Matches(column, needle); }),
                  columns.end());
  }
  ColumnsPage out;
  out.total = columns.size();
  size_t bytes = 0;
  size_t next = StartOf(request, columns);
  for (; next < columns.size() && out.columns.size() < request.max; ++next) {
    bytes += BoundColumn(columns[next]);
    if (bytes > request.bytes_max && !out.columns.empty()) break;
    out.columns.push_back(std::move(columns[next]));
  }
  if (next < columns.size() && !out.columns.empty()) out.last = next - 1;
  return out;
}

void BoundPage(const PageBounds& bounds, AssetPage& page) {
  page.alias_count = page.aliases.size();
  for (MergedAspect& value : page.aspects) {
    if (value.aspect.has_schema()) value.aspect.mutable_schema()->clear_fields();
  }
  if (!bounds.whole()) {
    std::vector<MergedAspect*> fitted;
    DropFacets(bounds, page);
    BoundFacets(bounds, page.aspects, fitted);
    Fit(std::move(fitted), bounds.value_bytes_max);
    DropColumns(bounds, page);
    if (page.aliases.size() > bounds.aliases_max) page.aliases.resize(bounds.aliases_max);
  } else {
    page.column_count = page.columns.size();
    page.facet_count = static_cast<size_t>(std::count_if(
        page.aspects.begin(), page.aspects.end(), [](const MergedAspect& value) { return value.aspect.has_facet(); }));
  }
  const auto cut = [](const std::vector<MergedAspect>& values) {
    return std::any_of(values.begin(), values.end(), IsCut);
  };
  const auto facets = static_cast<size_t>(std::count_if(
      page.aspects.begin(), page.aspects.end(), [](const MergedAspect& value) { return value.aspect.has_facet(); }));
  page.truncated = page.columns.size() < page.column_count || page.aliases.size() < page.alias_count ||
                   facets < page.facet_count || cut(page.aspects) ||
                   std::any_of(page.columns.begin(), page.columns.end(),
                               [&](const ColumnPage& column) { return cut(column.aspects); });
}

}  // namespace cadastre::catalog
