#include "catalog/page_bounds.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "catalog/aspect_kind.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

// Of a column's values, and of its description, where many columns are listed.
constexpr size_t kColumnBytesMax = 128 << 10;
// What answers have told of a value's sources at most.
constexpr size_t kSourcesMax = 16;
// Of a page; with its summary and its containers an answer ends at 3 MiB.
constexpr size_t kPageBytesMax = (3 << 20) - (128 << 10);

// What is left of an answer's bytes.
class Room {
 public:
  explicit Room(size_t bytes) : left_(bytes) {}
  size_t left() const { return left_; }
  bool Take(size_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }
  // Of what is told in any case.
  void Use(size_t bytes) { left_ -= std::min(left_, bytes); }

 private:
  size_t left_;
};

// What a value costs in an answer even where it is left out.
size_t ShellBytes(const MergedAspect& value) {
  constexpr size_t kShellBytes = 64;
  constexpr size_t kSourceBytes = 64;
  size_t bytes = kShellBytes + value.etag.size() + value.aspect.facet().name().size();
  for (size_t i = 0; i < std::min(value.sources.size(), kSourcesMax); ++i) {
    const record::Producer& producer = value.sources[i].producer;
    bytes += kSourceBytes + producer.principal().size() + producer.tool().size();
  }
  return bytes;
}

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

void SortByBytes(std::vector<MergedAspect*>& values) {
  std::stable_sort(values.begin(), values.end(), [](const MergedAspect* a, const MergedAspect* b) {
    return a->aspect.ByteSizeLong() < b->aspect.ByteSizeLong();
  });
}

// The shorter values first, so that a long one costs itself alone.
void Fit(std::vector<MergedAspect*> values, Room& room) {
  SortByBytes(values);
  for (MergedAspect* value : values) {
    const size_t bytes = value->aspect.ByteSizeLong();
    if (!room.Take(bytes)) Omit(*value, bytes);
  }
}

// The same within a part of what is left.
void FitWithin(size_t bytes_max, std::vector<MergedAspect*> values, Room& room) {
  const size_t before = std::min(bytes_max, room.left());
  Room part(before);
  Fit(std::move(values), part);
  room.Use(before - part.left());
}

bool IsAsked(const PageBounds& bounds, const MergedAspect& value) {
  if (!value.aspect.has_facet()) return bounds.kinds.contains(ValueNumber(value.number));
  return std::find(bounds.facets.begin(), bounds.facets.end(), value.aspect.facet().name()) != bounds.facets.end();
}

// The first of them stays whatever its length: else it could not be read at all.
void FitAsked(const PageBounds& bounds, std::vector<MergedAspect>& values, Room& room) {
  std::vector<MergedAspect*> asked;
  for (MergedAspect& value : values) {
    if (IsAsked(bounds, value)) asked.push_back(&value);
  }
  if (asked.empty()) return;
  SortByBytes(asked);
  room.Use(asked.front()->aspect.ByteSizeLong());
  Fit({asked.begin() + 1, asked.end()}, room);
}

void FitValues(const PageBounds& bounds, std::vector<MergedAspect>& values, Room& room) {
  std::vector<MergedAspect*> fitted;
  for (MergedAspect& value : values) {
    if (bounds.column.empty() && IsAsked(bounds, value)) continue;
    if (bounds.facets_by_name && value.aspect.has_facet()) {
      Omit(value, value.aspect.facet().json().size());
    } else {
      fitted.push_back(&value);
    }
  }
  FitWithin(bounds.value_bytes_max, std::move(fitted), room);
}

// Facets are the last of a page's values, in order of their names; those asked for by name stay.
void DropFacets(const PageBounds& bounds, AssetPage& page, Room& room) {
  const auto first = std::find_if(page.aspects.begin(), page.aspects.end(),
                                  [](const MergedAspect& value) { return value.aspect.has_facet(); });
  page.facet_count = static_cast<size_t>(page.aspects.end() - first);
  size_t kept = 0;
  const auto drops = [&](const MergedAspect& value) {
    if (bounds.column.empty() && IsAsked(bounds, value)) {
      room.Use(ShellBytes(value));
      return false;
    }
    // None after the first that goes, so that what is left is the first ones.
    if (kept < bounds.facets_max && room.Take(ShellBytes(value))) {
      ++kept;
      return false;
    }
    kept = bounds.facets_max;
    return true;
  };
  page.aspects.erase(std::remove_if(first, page.aspects.end(), drops), page.aspects.end());
}

void DropAliases(const PageBounds& bounds, AssetPage& page, Room& room) {
  constexpr size_t kAliasBytes = 48;
  page.alias_count = page.aliases.size();
  size_t kept = 0;
  while (kept < page.aliases.size() && kept < bounds.aliases_max) {
    const AliasState& alias = page.aliases[kept];
    if (!room.Take(kAliasBytes + alias.name.ns.size() + alias.name.name.size() + alias.type.size())) break;
    ++kept;
  }
  page.aliases.resize(kept);
}

// Of a column without its description and its values.
size_t ShellBytes(const ColumnPage& column) {
  size_t bytes = 64 + column.type.size();
  for (const std::string& segment : column.path) bytes += segment.size() + 3;
  for (const MergedAspect& value : column.aspects) bytes += ShellBytes(value);
  return bytes;
}

// Cuts long values out of one column of many; what is left of it in bytes.
size_t BoundColumn(size_t values_bytes_max, ColumnPage& column) {
  if (column.description.size() > kColumnBytesMax) column.description.clear();
  std::vector<MergedAspect*> values;
  for (MergedAspect& value : column.aspects) values.push_back(&value);
  Room room(values_bytes_max);
  Fit(std::move(values), room);
  return ShellBytes(column) + column.description.size() + values_bytes_max - room.left();
}

void DropColumns(const PageBounds& bounds, AssetPage& page, Room& room) {
  size_t kept = 0;
  Room part(std::min(bounds.column_bytes_max, room.left()));
  while (kept < page.columns.size() && kept < bounds.columns_max) {
    const size_t bytes = BoundColumn(std::min(bounds.one_column_bytes_max, part.left()), page.columns[kept]);
    if (!part.Take(bytes)) break;
    room.Use(bytes);
    ++kept;
  }
  page.columns.resize(kept);
}

// Of a page that was asked for one column, which comes before what the asset itself says.
Status KeepColumn(const PageBounds& bounds, AssetPage& page, Room& room) {
  const auto found = std::find_if(page.columns.begin(), page.columns.end(),
                                  [&](const ColumnPage& column) { return column.path == bounds.column; });
  if (found == page.columns.end()) return base::NotFound("no such column");
  ColumnPage column = std::move(*found);
  page.columns.clear();
  room.Use(ShellBytes(column));
  FitAsked(bounds, column.aspects, room);
  if (!room.Take(column.description.size())) column.description.clear();
  std::vector<MergedAspect*> values;
  for (MergedAspect& value : column.aspects) {
    if (!IsAsked(bounds, value)) values.push_back(&value);
  }
  Fit(std::move(values), room);
  page.columns.push_back(std::move(column));
  return absl::OkStatus();
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
  PageBounds bounds = FullBounds();
  bounds.columns_max = 100;
  bounds.facets_max = 200;
  bounds.aliases_max = 200;
  bounds.value_bytes_max = 1 << 20;
  bounds.column_bytes_max = 1 << 20;
  bounds.one_column_bytes_max = kColumnBytesMax;
  bounds.facets_by_name = true;
  return bounds;
}

PageBounds FullBounds() {
  PageBounds bounds;
  bounds.bytes_max = kPageBytesMax;
  bounds.one_column_bytes_max = 1 << 20;
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
    bytes += BoundColumn(kColumnBytesMax, columns[next]);
    if (bytes > request.bytes_max && !out.columns.empty()) break;
    out.columns.push_back(std::move(columns[next]));
  }
  if (next < columns.size() && !out.columns.empty()) out.last = next - 1;
  return out;
}

Status BoundPage(const PageBounds& bounds, AssetPage& page) {
  Room room(bounds.bytes_max);
  for (MergedAspect& value : page.aspects) {
    if (value.aspect.has_schema()) value.aspect.mutable_schema()->clear_fields();
    if (!value.aspect.has_facet()) room.Use(ShellBytes(value));
  }
  page.column_count = page.columns.size();
  if (bounds.column.empty()) {
    FitAsked(bounds, page.aspects, room);
  } else {
    RETURN_IF_ERROR(KeepColumn(bounds, page, room));
  }
  DropFacets(bounds, page, room);
  DropAliases(bounds, page, room);
  FitValues(bounds, page.aspects, room);
  if (bounds.column.empty()) DropColumns(bounds, page, room);
  const auto cut = [](const std::vector<MergedAspect>& values) {
    return std::any_of(values.begin(), values.end(), IsCut);
  };
  const auto facets = static_cast<size_t>(std::count_if(
      page.aspects.begin(), page.aspects.end(), [](const MergedAspect& value) { return value.aspect.has_facet(); }));
  const size_t columns_wanted = bounds.column.empty() ? page.column_count : 1;
  page.truncated = page.columns.size() < columns_wanted || page.aliases.size() < page.alias_count ||
                   facets < page.facet_count || cut(page.aspects) ||
                   std::any_of(page.columns.begin(), page.columns.end(),
                               [&](const ColumnPage& column) { return cut(column.aspects); });
  return absl::OkStatus();
}

}  // namespace cadastre::catalog
