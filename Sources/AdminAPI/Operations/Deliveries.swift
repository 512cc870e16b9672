// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments

extension APIOperation {
    private static let number = APIParameter.number("number", "of the ledger")

    /// What Intune and devices say of a certificate.
    static let deliveries = [
        APIOperation(
            "getDelivery", .get, "/certificates/{number}/delivery", tag: "Certificates",
            "How a certificate stood at Intune and on devices when that was last read", permission: .readCertificates,
            parameters: [number], answer: .json(.delivery)
        ) { call in
            let administration = DeliveryAdministration(call.gateway, call.caller)
            return .json(["reading": try await administration.reading(of: try await call.certificate) ?? .null])
        },
        APIOperation(
            "checkDelivery", .post, "/certificates/{number}/delivery-checks", tag: "Certificates",
            "Ask Intune and its devices about a certificate now; only reads, and keeps what is said",
            permission: .redeliver, parameters: [number], answer: .json(.delivery)
        ) { call in
            let administration = DeliveryAdministration(call.gateway, call.caller)
            let record = try await call.certificate
            if call.isDryRun { return .json(["reading": try await administration.reading(of: record) ?? .null]) }
            return .json(["reading": try await administration.check(record).reading ?? .null])
        },
    ]
}

extension APISchema {
    /// What was last read of the way of a certificate to its devices; null where Intune was never asked.
    static let deliveryReading = APISchema.nullable(
        .answer(
            APIField(
                "standing", .word(["usable", "waiting", "faulty", "unknown", "notDelivered"]),
                "usable only where a device has reported it"),
            APIField("readAt", .time), APIField("delivered", .nullable(.time)),

            APIField(
                "record",
                .nullable(
                    .answer(
                        APIField("id", .string), APIField("thumbprint", .string), APIField("purpose", .string),
                        APIField("userPrincipalName", .string), APIField("provider", .string),
                        APIField("key", .string), APIField("padding", .string),
                        APIField("start", .nullable(.time)))), "what Intune holds; null for nothing"),
            APIField("connectorKey", .nullable(.string), "which key the password was encrypted to"),

            APIField(
                "connectors",
                .nullable(
                    .list(
                        .answer(
                            APIField("name", .string), APIField("active", .boolean),
                            APIField("lastConnection", .nullable(.time))))), "null for unknown"),

            APIField(
                "devices",
                .nullable(
                    .list(
                        .answer(
                            APIField("name", .string), APIField("system", .string), APIField("version", .string),
                            APIField("lastSync", .nullable(.time)),
                            APIField("reported", .nullable(.string), "null where nothing was reported"),
                            APIField("errorCode", .nullable(.integer()))))), "null for unknown"),
            APIField(
                "faults",
                .list(
                    .answer(
                        APIField("fault", .string), APIField("actor", .string),
                        APIField("cause", .string), APIField("nextStep", .string)))),
            APIField(
                "unknown",
                .list(.answer(APIField("what", .string), APIField("reason", .string))),
                "what could not be read, and why")))

    static let delivery = APISchema.named(
        "Delivery", .answer(APIField("reading", deliveryReading, "null where Intune was never asked")))
}
