"""The site and the firewall: files that only CloudFront reads, headers that browsers obey, floods that are stopped."""

from model import att, ref, sub


def test_the_site_is_made_when_wanted_and_knows_the_api(template):
    assert template.resources["SiteStack"] == {
        "Type": "AWS::CloudFormation::Stack",
        "Condition": "HasSite",
        "Properties": {
            "TemplateURL": "infra/site.yaml",
            "Parameters": {
                "ApiOrigin": sub("https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"),
                "Domain": ref("SiteDomain"),
                "CertificateArn": ref("SiteCertificateArn"),
            },
        },
    }


def test_only_the_distribution_reads_the_files_and_only_over_tls(site):
    files = site.properties("Files")
    assert files["PublicAccessBlockConfiguration"] == dict.fromkeys(
        ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"], True
    )
    assert files["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert files["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    rights = site.properties("FilesRights")
    assert rights["Bucket"] == ref("Files")
    reads, refuses = rights["PolicyDocument"]["Statement"]
    assert reads["Sid"] and refuses["Sid"], "a statement without a name cannot be spoken of"
    assert rights["PolicyDocument"]["Version"] == "2012-10-17"
    assert (reads["Effect"], reads["Principal"], reads["Action"]) == ("Allow", {"Service": "cloudfront.amazonaws.com"}, ["s3:GetObject"])
    assert reads["Resource"] == sub("${Files.Arn}/*")
    distribution = sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}")
    assert reads["Condition"] == {"StringEquals": {"aws:SourceArn": distribution}}
    assert (refuses["Effect"], refuses["Principal"], refuses["Action"]) == ("Deny", "*", "s3:*")
    assert refuses["Resource"] == [att("Files"), sub("${Files.Arn}/*")]
    assert refuses["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    signing = site.properties("Reader")["OriginAccessControlConfig"]
    assert (signing["OriginAccessControlOriginType"], signing["SigningBehavior"], signing["SigningProtocol"]) == ("s3", "always", "sigv4")


def test_a_replaced_file_comes_back_for_a_month(site):
    files = site.properties("Files")
    assert files["VersioningConfiguration"] == {"Status": "Enabled"}
    replaced, broken = files["LifecycleConfiguration"]["Rules"]
    assert replaced["Id"] and broken["Id"]
    assert replaced["Status"] == broken["Status"] == "Enabled"
    assert replaced["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert broken["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    resource = site.resources["Files"]
    assert (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")) == ("RetainExceptOnCreate", "Retain")


def test_each_file_says_itself_how_long_it_is_kept(site):
    caching = site.properties("Caching")["CachePolicyConfig"]
    assert (caching["MinTTL"], caching["DefaultTTL"], caching["MaxTTL"]) == (0, 300, 31_536_000)
    key = caching["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
    assert key["EnableAcceptEncodingGzip"] is True and key["EnableAcceptEncodingBrotli"] is True


def test_browsers_are_told_to_be_careful(site):
    headers = site.properties("Headers")["ResponseHeadersPolicyConfig"]
    security = headers["SecurityHeadersConfig"]
    assert all(given["Override"] is True for given in security.values())
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 63_072_000
    assert security["StrictTransportSecurity"]["IncludeSubdomains"] is True
    assert security["StrictTransportSecurity"]["Preload"] is False, "a name that is preloaded never serves HTTP again"
    assert "ContentTypeOptions" in security
    assert security["FrameOptions"]["FrameOption"] == "DENY"
    assert security["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert {"script-src 'self'", "connect-src 'self' ${ApiOrigin}", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert not any("unsafe" in part for part in policy)


def test_the_frames_page_may_stand_on_any_site_and_reach_the_api_alone(site):
    security = site.properties("FrameHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert all(given["Override"] is True for given in security.values())
    assert "FrameOptions" not in security, "it knows no list of sites, and `frame-ancestors` would not undo it everywhere"
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"].split("; ")
    assert set(policy) == {
        "default-src 'none'",
        "script-src 'self'",
        "connect-src ${ApiOrigin}",
        "require-trusted-types-for 'script'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors http: https:",
    }
    behaviours = site.properties("Distribution")["DistributionConfig"]["CacheBehaviors"]
    assert [(one["PathPattern"], one["ResponseHeadersPolicyId"]) for one in behaviours] == [("/chat-frame.html", {"Ref": "FrameHeaders"})]
    assert behaviours[0]["ViewerProtocolPolicy"] == "redirect-to-https"


def test_pages_of_any_business_may_load_the_widget(site):
    headers = site.properties("Headers")["ResponseHeadersPolicyConfig"]
    assert headers["CorsConfig"] == {
        "AccessControlAllowCredentials": False,
        "AccessControlAllowHeaders": {"Items": ["*"]},
        "AccessControlAllowMethods": {"Items": ["GET", "HEAD"]},
        "AccessControlAllowOrigins": {"Items": ["*"]},
        "OriginOverride": True,
    }
    assert headers["CustomHeadersConfig"]["Items"] == [{"Header": "Cross-Origin-Resource-Policy", "Value": "cross-origin", "Override": True}]


def test_the_distribution_serves_the_files_over_https_under_our_policies(site):
    config = site.properties("Distribution")["DistributionConfig"]
    assert config["Enabled"] is True and config["IPV6Enabled"] is True and config["HttpVersion"] == "http2and3"
    assert config["PriceClass"] == "PriceClass_100"
    (origin,) = config["Origins"]
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}, "the old way in stays shut"
    assert origin["DomainName"] == att("Files", "RegionalDomainName") and origin["OriginAccessControlId"] == att("Reader", "Id")
    assert config["DefaultCacheBehavior"] == {
        "TargetOriginId": origin["Id"],
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD", "OPTIONS"],
        "Compress": True,
        "CachePolicyId": ref("Caching"),
        "ResponseHeadersPolicyId": ref("Headers"),
    }
    assert site.source["Conditions"] == {"HasDomain": {"Fn::Not": [{"Fn::Equals": [ref("Domain"), ""]}]}}
    own = {"AcmCertificateArn": ref("CertificateArn"), "MinimumProtocolVersion": "TLSv1.2_2021", "SslSupportMethod": "sni-only"}
    assert config["ViewerCertificate"] == {"Fn::If": ["HasDomain", own, ref("AWS::NoValue")]}
    assert config["Aliases"] == {"Fn::If": ["HasDomain", [ref("Domain")], ref("AWS::NoValue")]}


def seen(metric):
    """What a rule counts; no request is kept."""
    return {"CloudWatchMetricsEnabled": True, "MetricName": metric, "SampledRequestsEnabled": False}


def managed(name, group, priority):
    statement = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group}}
    return {"Name": name, "Priority": priority, "OverrideAction": {"None": {}}, "Statement": statement, "VisibilityConfig": seen(name)}


def test_the_firewall_stops_floods_and_what_is_known_to_be_bad(firewall):
    stripe = {
        "ByteMatchStatement": {
            "FieldToMatch": {"UriPath": {}},
            "PositionalConstraint": "ENDS_WITH",
            "SearchString": "/v1/webhooks/stripe",
            "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
        }
    }
    rate = {
        "AggregateKeyType": "IP",
        "Limit": ref("CallsPerAddress"),
        "ScopeDownStatement": {"NotStatement": {"Statement": stripe}},
    }
    flood = {
        "Name": "flood",
        "Priority": 0,
        "Action": {"Block": {}},
        "Statement": {"RateBasedStatement": rate},
        "VisibilityConfig": seen("flood"),
    }
    assert firewall.properties("WebAcl") == {
        "Scope": "REGIONAL",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": seen("frontdesk"),
        "Rules": [
            flood,
            managed("known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet", 1),
            managed("bad-reputation", "AWSManagedRulesAmazonIpReputationList", 2),
        ],
    }


def test_the_firewall_is_a_web_acl(firewall):
    assert kinds(firewall) == {"WebAcl": "AWS::WAFv2::WebACL"}


def kinds(template):
    return {name: one["Type"] for name, one in template.resources.items()}


def test_the_site_is_a_bucket_behind_a_distribution(site):
    assert kinds(site) == {
        "Files": "AWS::S3::Bucket",
        "FilesRights": "AWS::S3::BucketPolicy",
        "Reader": "AWS::CloudFront::OriginAccessControl",
        "FrameHeaders": "AWS::CloudFront::ResponseHeadersPolicy",
        "Caching": "AWS::CloudFront::CachePolicy",
        "Headers": "AWS::CloudFront::ResponseHeadersPolicy",
        "Distribution": "AWS::CloudFront::Distribution",
    }


def test_two_sites_live_side_by_side(site):
    """Policies and access controls of CloudFront have names that an account knows once."""
    name = ref("AWS::StackName")
    assert site.properties("Reader")["OriginAccessControlConfig"]["Name"] == name
    assert site.properties("Caching")["CachePolicyConfig"]["Name"] == name
    assert site.properties("Headers")["ResponseHeadersPolicyConfig"]["Name"] == name
    assert site.properties("Distribution")["DistributionConfig"]["Comment"] == name
