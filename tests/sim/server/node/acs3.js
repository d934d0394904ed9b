// A client of ACS3-HMAC-SHA256: node acs3.js HOST:PORT KEY SECRET
const { default: Client, Config, OpenApiRequest, Params } = require('@alicloud/openapi-client');
const { RuntimeOptions } = require('@alicloud/tea-util');

const [endpoint, accessKeyId, accessKeySecret] = process.argv.slice(2);
const client = new Client(new Config({ endpoint, accessKeyId, accessKeySecret, protocol: 'HTTP' }));

const ask = async (version, action, request) => {
  const params = new Params({
    action, version, protocol: 'HTTP', pathname: '/', method: 'POST', authType: 'AK',
    style: 'RPC', reqBodyType: 'formData', bodyType: 'json',
  });
  return (await client.callApi(params, new OpenApiRequest(request), new RuntimeOptions({}))).body;
};

async function main() {
  const region = { RegionId: 'cn-wulanchabu' };
  const tags = { 'Tag.1.Key': 'made by', 'Tag.1.Value': 'a*b ~ /ü' };
  const query = { ...region, CidrBlock: '10.0.0.0/8', VpcName: 'node', ...tags };
  const made = await ask('2016-04-28', 'CreateVpc', { query });
  const named = { query: { ...region, VpcId: made.VpcId } };
  const listed = await ask('2016-04-28', 'DescribeVpcs', named);
  // The load balancers' parameters travel in the form.
  const balancers = await ask('2024-04-15', 'ListLoadBalancers', { body: { MaxResults: 5 } });
  const none = { query: { ...region, VpcId: 'vpc-none' } };
  const refused = await ask('2016-04-28', 'DeleteVpc', none).catch((error) => error.code);
  return { made: made.VpcId, listed: listed.Vpcs.Vpc, balancers: balancers.MaxResults, refused };
}

main()
  .catch((error) => ({ error: error.code || String(error) }))
  .then((found) => console.log(JSON.stringify(found)));
