// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension String {
    /// Without what is true of one request and of none other: the ids that a service gives it for its support, and moments. Two
    /// failures that read the same without it are one.
    public var withoutPassingDetails: String {
        let id =
            /(?:client[-_ ]?)?(?:request|trace|correlation|activity|operation|session)[-_ ]?id(?: \(for customer support\))?["']?[ :=]+["']?[^\s,;)"']+/
            .ignoresCase()
        let moment = /[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?(?:Z|[+-][0-9:]{4,5})?/
        let headerDate = /[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT/
        return replacing(id, with: "ID").replacing(moment, with: "TIME").replacing(headerDate, with: "TIME")
    }
}
