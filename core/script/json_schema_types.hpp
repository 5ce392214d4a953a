/// What the types of arguments refer to in the JSON Schema of a script: its $defs.
#pragma once

#include <string_view>

namespace arun::script {

inline constexpr std::string_view schema_types = R"json({
      "expression": {"type": "string", "pattern": "\\$\\{\\{"},
      "condition": {"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "number"}]},
      "duration": {"anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": "^\\s*[+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?\\s*$"},
        {"type": "string", "pattern": "^\\s*[+]?(([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?(us|ms|s|m|h|d))+\\s*$"}]},
      "number_text": {"type": "string", "pattern": "^\\s*[-+]?(0x[0-9a-fA-F]+|0o[0-7]+|([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?)\\s*$"},
      "boolean_text": {"enum": ["true", "false"]},
      "text": {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]},
      "text_or_null": {"anyOf": [{"$ref": "#/$defs/text"}, {"type": "null"}]},
      "name": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"},
      "jobs": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/job"}}, {"$ref": "#/$defs/job"}]},
      "expected_text": {"anyOf": [
        {"$ref": "#/$defs/text"},
        {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {"$ref": "#/$defs/text_or_null"},
          "contains": {"anyOf": [{"$ref": "#/$defs/text_or_null"}, {"type": "array", "items": {"$ref": "#/$defs/text"}}]},
          "matches": {"$ref": "#/$defs/text_or_null"},
          "not": {"anyOf": [{"$ref": "#/$defs/expected_text"}, {"type": "null"}]},
          "lt": {"$ref": "#/$defs/text_or_null"}, "le": {"$ref": "#/$defs/text_or_null"},
          "gt": {"$ref": "#/$defs/text_or_null"}, "ge": {"$ref": "#/$defs/text_or_null"}}}]},
      "code": {"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/number_text"}, {"$ref": "#/$defs/expression"}]},
      "code_or_null": {"anyOf": [{"$ref": "#/$defs/code"}, {"type": "null"}]},
      "codes": {"anyOf": [{"$ref": "#/$defs/code"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/code"}}]},
      "expected_code": {"anyOf": [
        {"$ref": "#/$defs/codes"},
        {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {"anyOf": [{"$ref": "#/$defs/codes"}, {"type": "null"}]},
          "matches": {"$ref": "#/$defs/text_or_null"},
          "not": {"anyOf": [{"$ref": "#/$defs/expected_code"}, {"type": "null"}]},
          "lt": {"$ref": "#/$defs/code_or_null"}, "le": {"$ref": "#/$defs/code_or_null"},
          "gt": {"$ref": "#/$defs/code_or_null"}, "ge": {"$ref": "#/$defs/code_or_null"}}}]},
      "limit": {"anyOf": [{"$ref": "#/$defs/duration"}, {"$ref": "#/$defs/expression"}]},
      "limit_or_null": {"anyOf": [{"$ref": "#/$defs/limit"}, {"type": "null"}]},
      "expected_duration": {"anyOf": [
        {"$ref": "#/$defs/limit"},
        {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {"$ref": "#/$defs/limit_or_null"},
          "not": {"anyOf": [{"$ref": "#/$defs/expected_duration"}, {"type": "null"}]},
          "lt": {"$ref": "#/$defs/limit_or_null"}, "le": {"$ref": "#/$defs/limit_or_null"},
          "gt": {"$ref": "#/$defs/limit_or_null"}, "ge": {"$ref": "#/$defs/limit_or_null"}}}]},
      "ordered": {"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "null"}]},
      "value_matchers": {
        "type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {}, "contains": {},
          "matches": {"$ref": "#/$defs/text_or_null"},
          "not": {"anyOf": [{"$ref": "#/$defs/expected_value"}, {"type": "null"}]},
          "lt": {"$ref": "#/$defs/ordered"}, "le": {"$ref": "#/$defs/ordered"},
          "gt": {"$ref": "#/$defs/ordered"}, "ge": {"$ref": "#/$defs/ordered"}}},
      "expected_value": {"anyOf": [
        {"type": ["null", "boolean", "number", "string", "array"]}, {"$ref": "#/$defs/value_matchers"}]},
      "expected_json": {"anyOf": [
        {"$ref": "#/$defs/expected_value"},
        {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/expected_value"}}]}
    })json";

}  // namespace arun::script
