// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import TestSupport

extension FrontServer {
    /// What the pages behind it saw: method, page, size of the body and account of each request.
    func seen() async throws -> [String] {
        let url = text("pages").replacing("/certsrv", with: "/seen")
        let list = try await JSONValue(parsing: Tool.run(["curl", "-sS", "--max-time", "10", url]))
        return (list.array ?? []).map { entry in
            let page = entry["page"]?.string?.split(separator: "/").dropFirst().joined(separator: "/") ?? ""
            let body = (entry["size"]?.int ?? 0) > 0 ? " with body" : ""
            return "\(entry["method"]?.string ?? "") \(page)\(body) as \(entry["user"]?.string ?? "nobody")"
        }
    }
}
