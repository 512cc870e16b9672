// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Expressions
public import YAMLDocuments

extension MappingReader {
    /// The jq program of a key; nil when it is absent or refused.
    public func program(_ key: String, _ library: ExpressionLibrary) -> JQProgram? {
        node(key).flatMap { library.add($0, keyPath: path(of: key), collector: collector) }
    }

    public func requiredProgram(_ key: String, _ library: ExpressionLibrary) -> JQProgram? {
        requiredNode(key).flatMap { library.add($0, keyPath: path(of: key), collector: collector) }
    }

    /// The text with holes of a key; nil when it is absent or refused.
    public func template(_ key: String, _ library: ExpressionLibrary) -> Template? {
        node(key).flatMap { library.template($0, keyPath: path(of: key), collector: collector) }
    }

    public func requiredTemplate(_ key: String, _ library: ExpressionLibrary) -> Template? {
        requiredNode(key).flatMap { library.template($0, keyPath: path(of: key), collector: collector) }
    }
}
