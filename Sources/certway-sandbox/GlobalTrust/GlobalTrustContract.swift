// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The contract of the GLOBALTRUST sandbox. Assumed, no WSDL of the vendor is public; hence the namespace of our own
/// (wire/soap.md section 4).
enum GlobalTrustContract {
    static let contract = SOAPContract(
        service: "CertificateService", port: "CertificatePort",
        namespace: "urn:sandbox:globaltrust:certificate-service:1", isQualified: true, versions: [.v11, .v12],
        actionPrefix: "urn:sandbox:globaltrust:",
        enumerations: [
            "OrderStatus": ["ISSUED", "PENDING", "REJECTED"], "CertStatus": ["VALID", "REVOKED", "EXPIRED", "UNKNOWN"],
        ],
        types: [
            (
                "Order",
                SOAPField.all(
                    "OrderId Status:OrderStatus Message? RetryAfterSeconds:int? Certificate:base64Binary? "
                        + "ChainCertificate:base64Binary*")
            )
        ],
        faults: [("CertificateFault", SOAPField.all("Code Message Retryable:boolean OrderId?"))],
        operations: [
            .init(
                "RequestCertificate",
                "Uid Product? PeriodMonths:int RequestReference Email+ Pkcs10:base64Binary", returns: "Order:Order"),
            .init("GetOrder", "Uid OrderId|RequestReference", returns: "Order:Order"),
            .init(
                "RevokeCertificate", "Uid SerialNumber:hexBinary Reason:int InvalidityDate:dateTime? Comment?",
                returns: "Status:CertStatus RevocationTime:dateTime?"),
            .init(
                "GetCertificateStatus", "Uid SerialNumber:hexBinary",
                returns: "Status:CertStatus Reason:int? RevocationTime:dateTime?"),
            .init(
                "GetAccount", "Uid",
                returns: "Domain* Product* MaxPeriodMonths:int OperatorNotAfter:dateTime CaCertificate:base64Binary*"),
        ])
}
